# SPDX-License-Identifier: MIT
# What liborch is built on. The simulator needs yajl only for the shared model's
# tables, so a build without network backends still finds the same packages.
find_package(Threads REQUIRED)
find_package(CURL 7.80 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(YAJL REQUIRED IMPORTED_TARGET yajl>=2.1)
