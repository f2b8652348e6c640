# The module against an installed ns-3 (see the top CMakeLists.txt).

nc_forward_headers(${nc_headers})

set(nc_ns3_targets)
foreach(module IN LISTS nc_ns3_modules)
  list(APPEND nc_ns3_targets ns3::${module})
endforeach()

add_library(neural-consensus SHARED ${nc_sources})
target_include_directories(neural-consensus PUBLIC "${nc_include_dir}")
target_compile_definitions(neural-consensus PRIVATE
  NC_VERSION="${PROJECT_VERSION}" NC_NS3_VERSION="${ns3_VERSION}")
target_link_libraries(neural-consensus
  PUBLIC ${nc_ns3_targets} Boost::program_options
  PRIVATE nc-options ${CMAKE_DL_LIBS})

# One object library a layer, so that tests and benchmarks of a pure layer link nothing else.
foreach(layer IN ITEMS raft detection)
  add_library(nc-${layer} STATIC EXCLUDE_FROM_ALL ${nc_${layer}_sources})
  target_include_directories(nc-${layer} PUBLIC "${nc_include_dir}")
  target_link_libraries(nc-${layer} PRIVATE nc-options)
endforeach()

set(NC_HAVE_TORCH FALSE)
if(NC_TORCH AND nc_torch_sources)
  set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL TRUE)
  find_package(Torch QUIET)
  if(Torch_FOUND)
    set(NC_HAVE_TORCH TRUE)
  endif()
endif()
if(NC_HAVE_TORCH)
  add_library(neural-consensus-torch SHARED ${nc_torch_sources})
  target_include_directories(neural-consensus-torch SYSTEM PRIVATE ${TORCH_INCLUDE_DIRS})
  target_link_libraries(neural-consensus-torch PRIVATE neural-consensus nc-options ${TORCH_LIBRARIES})
  # Debug information of torch headers costs more time than it is worth.
  target_compile_options(neural-consensus-torch PRIVATE -g0)
  if(Torch_VERSION VERSION_GREATER_EQUAL 2.14 AND CMAKE_CXX_STANDARD LESS 20)
    set_target_properties(neural-consensus-torch PROPERTIES CXX_STANDARD 20)
  endif()
  message(STATUS "LibTorch ${Torch_VERSION}: the neural part is built")
else()
  message(STATUS "LibTorch not found or switched off: no neural detector, training or evaluation")
endif()
set(NC_HAVE_TORCH ${NC_HAVE_TORCH} PARENT_SCOPE)
