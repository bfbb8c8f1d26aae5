# SPDX-License-Identifier: MIT
"""From nothing to a healthy cluster and back."""
import contextlib
import os
import secrets
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from shared import cgroups, image, wires
from shared.base import Fail, say, wait_for
from shared.namespaces import NEWNET, NEWNS, NEWPID, NEWUTS, inside, spawn
from shared.process import alive
from . import health, pki, programs, space, state as kept, versions

REGISTRY = "docker.io/"  # what an image name without a registry means to Kubernetes
PAUSE = ("orch/pause:1", ["sh", "-c", "while :; do sleep 86400; done"])  # reaps orphans too, as a pause must
FIRST_SUBNET = 128       # Swarms count from 0


def ensure(args):
    """The cluster that args describe: the one that is up, if it is such a one and healthy, else a new one."""
    args.version, args.bin = versions.resolve(args.version, args.bin)
    state = kept.load(args.name)
    if state and state["ready"] and state["shape"] == shape(args) and not health.wrong(state):
        return state
    if state:
        take_down(state)
    return bring_up(args)


def shape(args):
    return [args.nodes, args.fake_nodes, args.bin, args.proxy_mode, args.apiserver_arg, args.kubelet_arg]


def bring_up(args):
    """Starting is the one thing that may be tried twice: on a busy machine somebody else may take our subnet."""
    programs.check_tools()
    for attempt in (1, 2):
        try:
            return start(args)
        except Fail as failure:
            if attempt == 2 or args.keep:
                raise
            say("%s; trying once more" % failure)


def start(args):
    began = time.monotonic()
    archive = image.archive(REGISTRY, [PAUSE])
    with kept.locked("_subnet"):
        kept.remove_data(args.name)  # of one that died before it had a state
        state = plan(args)
        kept.save(state)
    try:
        prepare(state, args)
        start_nodes(state, archive)
        wait_for("the cluster", lambda: health.started(state), 120, 0.1)
        state["ready"] = True
        kept.save(state)
    except BaseException as error:
        if isinstance(error, Exception):
            last_words(state)
        if not args.keep:
            take_down(state)
        raise
    say("Kubernetes %s, %d node(s) ready in %.1f s" % (
        state["version"], args.nodes + args.fake_nodes, time.monotonic() - began))
    return state


def plan(args):
    """The state of a cluster that does not exist yet."""
    subnet = wires.free_subnet(((kept.load(name) or {}).get("subnet", "") for name in kept.clusters()), FIRST_SUBNET)
    tag = secrets.token_hex(4)  # in names that other root file systems on this machine can see too
    state = {"name": args.name, "tag": tag, "shape": shape(args), "bin": args.bin, "version": args.version,
             "veth": "orck" + tag, "subnet": subnet + ".0/24", "hub": None, "nodes": [], "ready": False,
             "api": "https://%s.253:6443" % subnet, "pki": kept.folder_of(args.name) + "/cp/lib/pki",
             "fake": ["f%d" % i for i in range(1, args.fake_nodes + 1)]}
    wanted = [("cp", "control-plane", 253)] + [("n%d" % i, "worker", i) for i in range(1, args.nodes + 1)]
    for name, role, number in wanted:
        state["nodes"].append({
            "name": name, "role": role, "ip": "%s.%d" % (subnet, number), "bin": args.bin, "init": None, "cut": False,
            "dir": "%s/%s" % (kept.folder_of(args.name), name), "programs": [], "network": [], "attempts": []})
    return state


def prepare(state, args):
    """All files, before anything runs."""
    for node in state["nodes"]:
        for part in ("lib", "log", "run"):
            os.makedirs("%s/%s" % (node["dir"], part))
        # a name server that nobody runs: look-ups, hence pulls, are refused at once
        kept.write(node["dir"] + "/lib/resolv.conf", "nameserver %s\noptions timeout:1 attempts:1\n" % node["ip"])
        node["network"], node["attempts"] = programs.network(state, node), programs.attempts(node)
    pki.make(state)
    kept.control_plane(state)["programs"] = programs.of_control_plane(state, args)
    for node in kept.workers(state):
        node["programs"] = programs.of_worker(state, node, args)


def start_nodes(state, archive):
    starters = create_namespaces(state)
    try:
        wires.connect(state)
        for starter in starters:
            os.write(starter, b"g")
    finally:
        for starter in starters:
            os.close(starter)
    with ThreadPoolExecutor(len(state["nodes"])) as pool:
        list(pool.map(lambda node: load_images(node, archive), kept.workers(state)))


def create_namespaces(state):
    """Their first processes wait for a byte each, in what is returned."""
    starters = []
    try:
        state["hub"], starter = spawn(NEWNET, wires.hub_main)
        starters.append(starter)
        kept.save(state)  # before it runs: `down` must find it whenever we are killed
        os.write(starter, b"g")
        for node in state["nodes"]:
            starters.append(create_node(state, node))
        kept.save(state)
    except BaseException:
        for starter in starters:
            os.close(starter)
        raise
    return starters[1:]


def create_node(state, node):
    if node["role"] == "worker":
        for top in cgroups.mounts():
            os.makedirs(top + programs.cgroup_of(state, node), exist_ok=True)
    node["init"], starter = spawn(NEWNS | NEWUTS | NEWPID | NEWNET, space.main, node)
    kept.save(state)
    return starter


def start_again(state, node):
    """One that was powered off; its disk is as it was."""
    cgroups.remove(programs.cgroup_of(state, node))  # each that is left would cost the kubelet 3 s
    starter = create_node(state, node)
    wires.connect_node(state, node)
    os.write(starter, b"g")
    os.close(starter)


def load_images(node, archive):
    def imported():
        if not alive(node["init"]):
            raise Fail("%s: its first process ended, see %s/log/init.log" % (node["name"], node["dir"]))
        return not subprocess.run(inside(node, "ctr", "-n", "k8s.io", "images", "import", "-"), input=archive,
                                  capture_output=True).returncode
    wait_for("containerd of " + node["name"], imported, 60, 0.2)
    kept.write(node["dir"] + "/lib/images-loaded", "")


def last_words(state):
    for line in health.wrong(state):
        say(line)
    for node in state["nodes"]:
        for name in ["init"] + [p["name"] for p in node["programs"]]:
            with contextlib.suppress(OSError), open("%s/log/%s.log" % (node["dir"], name), errors="replace") as f:
                tail = [line[:300] for line in f.read().splitlines() if not line.startswith("I") and "level=info" not in line]
                if tail:
                    say("last words of %s/%s:\n  " % (node["name"], name) + "\n  ".join(tail[-5:]))


def take_down(state):
    procs = [node["init"] for node in state["nodes"]] + [state["hub"]]
    for proc in filter(alive, procs):
        os.kill(proc["pid"], signal.SIGKILL)
    wait_for("the processes to end", lambda: not any(map(alive, procs)), 30, 0.02)
    wires.disconnect_root(state)
    wait_for("the control groups to empty", lambda: cgroups.remove(programs.cgroup_of(state)), 10)
    wait_for("the data to be released", lambda: kept.remove_data(state["name"]), 10)
