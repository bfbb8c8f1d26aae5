# SPDX-License-Identifier: MIT
"""What the clusters for tests have in common, whatever orchestrator runs in them.

base        words, waiting, running commands          wires      the network between the nodes
process     telling one process from another          image      the test image
namespaces  unshare, mount, spawn, inside             cgroups    the control groups below which nodes live
cli         the command line                          proof      for the selftests
"""
