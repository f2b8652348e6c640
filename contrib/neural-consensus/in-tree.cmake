# What ns-3's build_lib() does not do by itself. Included by CMakeLists.txt inside an ns-3 tree.

option(NC_TORCH "Build the neural part where LibTorch is found" ON)
if(POLICY CMP0167)
  cmake_policy(SET CMP0167 NEW)
endif()
find_package(Boost REQUIRED COMPONENTS program_options)

# Without wifi the module builds all topologies but that one.
set(nc_optional_libraries)
set(nc_definitions NC_VERSION="0.1.0" NC_NS3_VERSION="${NS3_VER}")
if("wifi" IN_LIST ns3-all-enabled-modules OR "wifi" IN_LIST libs_to_build)
  set(nc_optional_libraries libwifi)
  list(APPEND nc_definitions NC_HAVE_WIFI)
  set(NC_HAVE_WIFI TRUE)
else()
  list(FILTER nc_sources EXCLUDE REGEX "consensus-topology-wifi")
endif()

# Programs, tests and the library with LibTorch, once the module's library is there.
macro(nc_finish_in_tree)
  foreach(target IN ITEMS libneural-consensus-obj libneural-consensus neural-consensus-obj neural-consensus)
    if(TARGET ${target})
      get_target_property(nc_alias ${target} ALIASED_TARGET)
      if(NOT nc_alias)
        target_compile_definitions(${target} PRIVATE ${nc_definitions})
      endif()
    endif()
  endforeach()

  include(torch.cmake)
  nc_add_torch_library(${libneural-consensus})

  if(ENABLE_EXAMPLES)
    file(GLOB programs CONFIGURE_DEPENDS "${nc_repository}/scratch/*.cc")
    foreach(program IN LISTS programs)
      get_filename_component(name "${program}" NAME_WE)
      build_exec(
        EXECNAME ${name}
        SOURCE_FILES ${program}
        LIBRARIES_TO_LINK ${libneural-consensus} Boost::program_options
        EXECUTABLE_DIRECTORY_PATH ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/contrib/neural-consensus)
    endforeach()
  endif()

  if(ENABLE_TESTS)
    find_package(GTest QUIET)
    if(GTest_FOUND)
      add_subdirectory("${nc_repository}/test" neural-consensus-test)
    else()
      message(STATUS "GoogleTest not found: no tests of neural-consensus")
    endif()
  endif()
endmacro()
