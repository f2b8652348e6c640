# The module against an installed ns-3 (see the top CMakeLists.txt).

# ns-3 flattens the headers of a module into ns3/; this offers the same spelling.
set(nc_include_dir "${CMAKE_BINARY_DIR}/include")
foreach(header IN LISTS nc_headers)
  get_filename_component(name "${header}" NAME)
  file(CONFIGURE OUTPUT "${nc_include_dir}/ns3/${name}"
       CONTENT "#include \"${CMAKE_CURRENT_SOURCE_DIR}/${header}\"\n" @ONLY)
endforeach()

set(nc_ns3_targets)
foreach(module IN ITEMS core network internet bridge point-to-point csma traffic-control
                        flow-monitor mobility applications wifi)
  list(APPEND nc_ns3_targets ns3::${module})
endforeach()

add_library(neural-consensus SHARED ${nc_sources})
target_include_directories(neural-consensus PUBLIC "${nc_include_dir}")
target_compile_definitions(neural-consensus PRIVATE
  NC_VERSION="${PROJECT_VERSION}" NC_NS3_VERSION="${ns3_VERSION}" NC_HAVE_WIFI)
target_link_libraries(neural-consensus
  PUBLIC ${nc_ns3_targets} Boost::program_options
  PRIVATE nc-options ${CMAKE_DL_LIBS})

# A library for each pure layer, so that its tests and benchmarks link nothing else.
foreach(layer IN ITEMS raft detection evidence)
  add_library(nc-${layer} STATIC EXCLUDE_FROM_ALL ${nc_${layer}_sources})
  target_include_directories(nc-${layer} PUBLIC "${nc_include_dir}")
  target_link_libraries(nc-${layer} PRIVATE nc-options)
endforeach()
target_link_libraries(nc-raft PRIVATE Boost::headers) # the CRC of the log on stable storage

include(torch.cmake)
nc_add_torch_library(neural-consensus nc-options)
include(hdf5.cmake)
nc_add_hdf5_library(neural-consensus nc-options)
set(NC_HAVE_TORCH ${NC_HAVE_TORCH} PARENT_SCOPE)
