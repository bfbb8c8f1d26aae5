# SPDX-License-Identifier: MIT
"""For the selftests: lines that say ok or FAILED, and a look for what a cluster has left behind."""
import contextlib
import glob
import os
import subprocess
import time

# Of the whole machine, and what daemons make unless they are told where.
SYSCTLS = ("vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops", "kernel/keys/root_maxkeys",
           "net/ipv4/ip_forward", "net/netfilter/nf_conntrack_max")
FOLDERS = ("/etc/docker", "/opt/containerd", "/usr/libexec/kubernetes", "/etc/cni", "/etc/kubernetes", "/var/lib/docker",
           "/var/lib/containerd", "/var/lib/kubelet", "/var/lib/cni", "/var/lib/etcd", "/var/log/pods", "/var/log/containers",
           "/run/containerd", "/run/kube", "/run/flannel")
results = {"passed": 0, "failed": 0}


class Broken(Exception):
    """What follows cannot be tested."""


def check(what, true, detail=""):
    results["passed" if true else "failed"] += 1
    print("%s %s%s" % ("ok    " if true else "FAILED", what, "" if true else ": %s" % (detail,)), flush=True)
    return true


def need(what, true, detail=""):
    if not check(what, true, detail):
        raise Broken(what)


def text_of(*argv):
    return subprocess.run(argv, capture_output=True, text=True).stdout


def wait_until(test, seconds):
    """(whether it came true, seconds)."""
    began = time.monotonic()
    while not test():
        if time.monotonic() - began > seconds:
            return False, seconds
        time.sleep(0.1)
    return True, time.monotonic() - began


def result():
    """Prints the sum; returns the exit status."""
    print("%d passed, %d failed" % (results["passed"], results["failed"]))
    return 1 if results["failed"] else 0


def before_of(folder):
    """What `traces` compares with; taken before the cluster whose folder that will be is there."""
    return {"folder": folder, "machine": machine()}


def machine():
    """{name: value} of what must be afterwards as it was."""
    found = {"folder " + name: os.path.exists(name) for name in FOLDERS}
    for name in SYSCTLS:
        with contextlib.suppress(OSError), open("/proc/sys/" + name) as f:
            found["sysctl " + name] = f.read().strip()
    return dict(found, **{"firewall rules": rules()})


def traces(before, tag):
    """Everything outside the cluster that speaks of it, or that differs from before."""
    found = [path for path in glob.glob("/sys/fs/cgroup/**/" + tag, recursive=True)] if tag else []
    for folder in glob.glob("/proc/[0-9]*"):
        for name in ("cmdline", "mountinfo", "cgroup"):
            try:
                with open("%s/%s" % (folder, name), errors="replace") as f:
                    text = f.read()
            except OSError:
                continue
            if before["folder"] + "/" in text or (tag and tag in text):
                found.append("%s/%s" % (folder, name))
    found += [before["folder"]] if os.path.exists(before["folder"]) else []
    found += [line for line in text_of("ip", "-o", "link").splitlines() if tag and tag in line]
    now = machine()
    return found + [name for name, value in before["machine"].items() if now.get(name) != value]


def rules():
    lines = (text_of("iptables-save") + text_of("ip6tables-save")).splitlines()
    return [line.split(" [")[0] for line in lines if not line.startswith("#")]
