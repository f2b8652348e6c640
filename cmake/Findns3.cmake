# Finds an installed ns-3 of any generation from 3.37 on.
#
# The stock package configuration wants files that only the full `ns3` package has and names its
# targets differently from one version to the next, so this module looks for the headers and
# libraries themselves.
#
# Input:   find_package(ns3 REQUIRED COMPONENTS core network ...)
# Targets: ns3::<component>, one spelling for all versions
# Sets:    ns3_VERSION, ns3_CXX_STANDARD, ns3_<component>_FOUND

find_path(ns3_INCLUDE_DIR NAMES ns3/core-module.h)
set(_ns3_hints)
if(ns3_INCLUDE_DIR)
  get_filename_component(_ns3_prefix "${ns3_INCLUDE_DIR}" DIRECTORY)
  set(_ns3_hints "${_ns3_prefix}/lib" "${_ns3_prefix}/lib64"
                 "${_ns3_prefix}/lib/${CMAKE_LIBRARY_ARCHITECTURE}")
endif()

# The version stands in the package's version file; the file itself cannot be used (ExactVersion).
set(_ns3_version_file_names)
foreach(_dir IN LISTS _ns3_hints)
  list(APPEND _ns3_version_file_names "${_dir}/cmake/ns3")
endforeach()
find_file(ns3_VERSION_FILE NAMES ns3ConfigVersion.cmake PATHS ${_ns3_version_file_names}
          NO_DEFAULT_PATH)
if(ns3_VERSION_FILE)
  file(STRINGS "${ns3_VERSION_FILE}" _ns3_version_line REGEX "^set\\(PACKAGE_VERSION \"[0-9.]+")
  string(REGEX MATCH "[0-9]+\\.[0-9]+(\\.[0-9]+)?" ns3_VERSION "${_ns3_version_line}")
endif()

# ns-3 3.37 exports no compile definitions although its libraries were built with logging, and
# class layouts in its headers depend on it.
set(_ns3_definitions NS3_LOG_ENABLE)
if(ns3_VERSION VERSION_GREATER_EQUAL 3.46)
  set(ns3_CXX_STANDARD 23)
elseif(ns3_VERSION VERSION_GREATER_EQUAL 3.41)
  set(ns3_CXX_STANDARD 20)
else()
  set(ns3_CXX_STANDARD 17)
endif()
if(ns3_VERSION_FILE)
  get_filename_component(_ns3_cmake_dir "${ns3_VERSION_FILE}" DIRECTORY)
  if(EXISTS "${_ns3_cmake_dir}/ns3Targets.cmake")
    file(STRINGS "${_ns3_cmake_dir}/ns3Targets.cmake" _ns3_exported
         REGEX "INTERFACE_COMPILE_DEFINITIONS")
    foreach(_line IN LISTS _ns3_exported)
      if(_line MATCHES "INTERFACE_COMPILE_DEFINITIONS \"([^\"]*)\"")
        list(APPEND _ns3_definitions ${CMAKE_MATCH_1})
      endif()
    endforeach()
    list(FILTER _ns3_definitions INCLUDE REGEX "^(NS3_|HAVE_)[A-Z0-9_]+(=.*)?$")
    list(FILTER _ns3_definitions EXCLUDE REGEX "^NS3_(ASSERT|BUILD_PROFILE)")
    list(REMOVE_DUPLICATES _ns3_definitions)
  endif()
endif()

set(_ns3_required_libraries)
foreach(_component IN LISTS ns3_FIND_COMPONENTS)
  find_library(ns3_${_component}_LIBRARY
               NAMES "ns3-${_component}" "ns${ns3_VERSION}-${_component}"
                     "ns${ns3_VERSION}-${_component}-default"
                     "ns3.${ns3_VERSION}-${_component}-default"
                     "ns${ns3_VERSION}-${_component}-optimized"
               HINTS ${_ns3_hints})
  if(ns3_${_component}_LIBRARY)
    set(ns3_${_component}_FOUND TRUE)
    if(NOT TARGET ns3::${_component})
      add_library(ns3::${_component} UNKNOWN IMPORTED)
      set_target_properties(ns3::${_component} PROPERTIES
        IMPORTED_LOCATION "${ns3_${_component}_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${ns3_INCLUDE_DIR}"
        INTERFACE_COMPILE_DEFINITIONS "${_ns3_definitions}")
    endif()
  endif()
  if(ns3_FIND_REQUIRED_${_component})
    list(APPEND _ns3_required_libraries ns3_${_component}_LIBRARY)
  endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(ns3
  REQUIRED_VARS ns3_INCLUDE_DIR ${_ns3_required_libraries}
  VERSION_VAR ns3_VERSION HANDLE_COMPONENTS)
mark_as_advanced(ns3_INCLUDE_DIR ns3_VERSION_FILE)
