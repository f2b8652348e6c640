# The library that reads the corpus (neural-corpus.h), built where HDF5 is found. Only what reads it
# links it, since HDF5 costs every program that loads it some milliseconds at start.
#
# nc_add_hdf5_library(<the module's library> <further libraries...>)
# nc_use_hdf5(<target>): lets a program read the corpus, where that can be; it sees NC_HAVE_HDF5.

function(nc_add_hdf5_library module)
  find_path(NC_HDF5_INCLUDE_DIR hdf5.h PATH_SUFFIXES hdf5/serial)
  find_library(NC_HDF5_LIBRARY NAMES hdf5 hdf5_serial PATH_SUFFIXES hdf5/serial)
  mark_as_advanced(NC_HDF5_INCLUDE_DIR NC_HDF5_LIBRARY)
  if(NOT NC_HDF5_INCLUDE_DIR OR NOT NC_HDF5_LIBRARY)
    message(STATUS "HDF5 not found: no program reads the corpus")
    return()
  endif()
  add_library(neural-consensus-hdf5 SHARED ${nc_hdf5_sources})
  target_include_directories(neural-consensus-hdf5 SYSTEM PRIVATE "${NC_HDF5_INCLUDE_DIR}")
  target_link_libraries(neural-consensus-hdf5
    PUBLIC ${module}
    PRIVATE ${ARGN} "${NC_HDF5_LIBRARY}")
endfunction()

function(nc_use_hdf5 target)
  if(TARGET neural-consensus-hdf5)
    target_link_libraries(${target} PRIVATE neural-consensus-hdf5)
    target_compile_definitions(${target} PRIVATE NC_HAVE_HDF5)
  endif()
endfunction()
