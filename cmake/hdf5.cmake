# SPDX-License-Identifier: GPL-3.0-or-later
# myo_hdf5: HDF5 without the network.
#
# Debian's shared HDF5 brings libcurl, OpenSSL, Kerberos and LDAP for a driver that reads from cloud
# storage: 17 ms at every start, 7 MB, and an attack surface that a reader of files has no use for.
# The archive of the same package links without them. The shared library is the fallback.
find_package(HDF5 REQUIRED COMPONENTS C)
find_library(MYO_HDF5_ARCHIVE NAMES libhdf5.a PATH_SUFFIXES hdf5/serial)
find_library(MYO_SZ_LIBRARY NAMES sz)
find_library(MYO_Z_LIBRARY NAMES z)
add_library(myo_hdf5 INTERFACE)
if(MYO_HDF5_ARCHIVE AND MYO_SZ_LIBRARY AND MYO_Z_LIBRARY)
    target_include_directories(myo_hdf5 SYSTEM INTERFACE ${HDF5_C_INCLUDE_DIRS})
    target_link_libraries(myo_hdf5 INTERFACE ${MYO_HDF5_ARCHIVE} ${MYO_SZ_LIBRARY} ${MYO_Z_LIBRARY}
                                             ${CMAKE_DL_LIBS} m)
else()
    target_link_libraries(myo_hdf5 INTERFACE HDF5::HDF5)
endif()
