# The library that holds all that includes LibTorch. It is loaded at run time, from the folder of the
# module's own library, and only where a run uses the neural detector.
#
# nc_add_torch_library(<the module's library> <further libraries...>)
# Sets NC_HAVE_TORCH.

set(NC_HAVE_TORCH FALSE)
function(nc_add_torch_library module)
  if(NOT NC_TORCH)
    message(STATUS "LibTorch switched off: no neural detector, training or evaluation")
    return()
  endif()
  set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL TRUE)
  find_package(Torch QUIET)
  if(NOT Torch_FOUND)
    message(STATUS "LibTorch not found: no neural detector, training or evaluation")
    return()
  endif()
  message(STATUS "LibTorch ${Torch_VERSION}: the neural part is built")
  add_library(neural-consensus-torch SHARED ${nc_torch_sources})
  target_include_directories(neural-consensus-torch SYSTEM PRIVATE ${TORCH_INCLUDE_DIRS})
  target_link_libraries(neural-consensus-torch PRIVATE ${module} ${ARGN} ${TORCH_LIBRARIES})
  # Debug information of torch headers costs more time than it is worth.
  target_compile_options(neural-consensus-torch PRIVATE -g0)
  if(Torch_VERSION VERSION_GREATER_EQUAL 2.14 AND CMAKE_CXX_STANDARD LESS 20)
    set_target_properties(neural-consensus-torch PROPERTIES CXX_STANDARD 20)
  endif()
  set(NC_HAVE_TORCH TRUE PARENT_SCOPE)
endfunction()
