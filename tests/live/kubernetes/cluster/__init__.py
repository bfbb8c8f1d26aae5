# SPDX-License-Identifier: MIT
"""Real Kubernetes clusters on one machine, for tests: the parts of the command `kube-cluster`.

state       what is kept between two calls            programs    what runs in a node, with its arguments
lifecycle   up and down                               space       the first process of a node
faults      kill, pause, cut, off, restart            pki         certificates, kubeconfigs
health      what is wrong with a cluster, in words    api         HTTPS to the apiserver
report      JSON and env output                       cli         arguments
shared      beside this folder: what all kinds of clusters need

A cluster is a list of nodes: `cp`, which runs the control plane, and n1, n2 ... Nodes that are played by the fake
kubelet are none of these: they are names in `fake`, and a program of cp.
"""
