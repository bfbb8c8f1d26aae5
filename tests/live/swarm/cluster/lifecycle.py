# SPDX-License-Identifier: MIT
"""From nothing to a healthy Swarm and back."""
import contextlib
import os
import secrets
import signal
import time
from concurrent.futures import ThreadPoolExecutor

from shared import cgroups, image, wires
from shared.base import Fail, say, wait_for
from shared.namespaces import NEWNET, NEWNS, NEWPID, NEWUTS, spawn
from shared.process import alive
from . import engines, machine, node as node_module, state as kept, swarm, tls
from .api import ask, call


def ensure(args):
    """The cluster that args describe: the one that is up, if it is such a one and healthy, else a new one."""
    args.engine = [engines.resolve(e) for e in args.engine or ["host"]]
    state = kept.load(args.name)
    if state and state["ready"] and state["shape"] == shape(args) and swarm.healthy(state, True):
        return state
    if state:
        take_down(state)
    return bring_up(args)


def shape(args):
    return [args.managers, args.workers, args.engine, args.tls, args.dockerd_arg, args.storage_driver]


def bring_up(args):
    """Starting is the one thing that may be tried twice: on a busy machine a join can run into its own deadline."""
    machine.check_tools(args.tls)
    for attempt in (1, 2):
        try:
            return start(args)
        except Fail as failure:
            if attempt == 2 or args.keep:
                raise
            say("%s; trying once more" % failure)


def start(args):
    began = time.monotonic()
    archive = image.archive()
    with kept.locked("_subnet"):
        kept.remove_data(args.name)  # of one that died before it had a state
        state = plan(args)
        kept.ensure_dir(kept.folder_of(args.name))
        kept.save(state)
    try:
        start_nodes(state, archive)
        swarm.form(state)
        wait_for("every node to be ready", lambda: swarm.healthy(state, True), 60, 0.1)
        state["ready"] = True
        kept.save(state)
    except BaseException as error:
        if isinstance(error, Exception):
            last_words(state)
        if not args.keep:
            take_down(state)
        raise
    machine.restore(state["host"])
    say("%d node(s) ready in %.1f s" % (len(state["nodes"]), time.monotonic() - began))
    return state


def plan(args):
    """The state of a cluster that does not exist yet."""
    subnet = args.subnet or wires.free_subnet((kept.load(name) or {}).get("subnet", "") for name in kept.clusters())
    tag = secrets.token_hex(4)  # in names that other root file systems on this machine can see too
    state = {"name": args.name, "tag": tag, "shape": shape(args), "veth": "orch" + tag, "subnet": subnet + ".0/24",
             "hub": None, "nodes": [], "host": machine.snapshot(), "ready": False, "images": image.references(),
             "tls": kept.folder_of(args.name) + "/tls" if args.tls else None}
    for i in range(args.managers + args.workers):
        role = "manager" if i < args.managers else "worker"
        name = "m%d" % (i + 1) if role == "manager" else "w%d" % (i + 1 - args.managers)
        state["nodes"].append(plan_node(args, state, name, role, "%s.%d" % (subnet, i + 1)))
    return state


def plan_node(args, state, name, role, ip):
    folder = "%s/%s" % (kept.folder_of(args.name), name)
    port = 2376 if args.tls else 2375
    engine = args.engine[len(state["nodes"]) % len(args.engine)]
    node = dict(engines.locate(engine), name=name, role=role, ip=ip, dir=folder, init=None, port=port,
                socket=folder + "/docker.sock", unix="unix://%s/docker.sock" % folder, tcp="tcp://%s:%d" % (ip, port))
    node["argv"] = node_module.dockerd_options(node, machine.cgroup_of(state), args.tls, port)
    if args.storage_driver:
        node["argv"] += ["--storage-driver", args.storage_driver]
    node["argv"] += args.dockerd_arg
    return node


def start_nodes(state, archive):
    for node in state["nodes"]:
        prepare_folders(node)
    if state["tls"]:
        tls.make(state)
    starters = create_namespaces(state)
    try:
        wires.connect(state)
        for starter in starters:
            os.write(starter, b"g")
    finally:
        for starter in starters:
            os.close(starter)
    with ThreadPoolExecutor(len(state["nodes"])) as pool:
        list(pool.map(lambda node: boot(node, archive, state["images"]), state["nodes"]))


def prepare_folders(node):
    kept.ensure_dir(node["dir"])
    with open(node["dir"] + "/resolv.conf", "w") as f:  # nothing listens there: look-ups, hence pulls, are refused at once
        f.write("nameserver %s\noptions timeout:1 attempts:1\n" % node["ip"])
    for name in node_module.MASKED:
        kept.ensure_dir(os.path.join(node["root"], name), note=True)
    if node["root"] != "/":
        kept.ensure_dir(node["root"] + kept.BASE, note=True)


def create_namespaces(state):
    """Their first processes wait for a byte each, in what is returned."""
    starters = []
    try:
        state["hub"], starter = spawn(NEWNET, wires.hub_main)
        starters.append(starter)
        kept.save(state)  # before it runs: `down` must find it whenever we are killed
        os.write(starter, b"g")
        for node in state["nodes"]:
            node["init"], starter = spawn(NEWNS | NEWUTS | NEWPID | NEWNET, node_module.main, node)
            starters.append(starter)
        kept.save(state)
    except BaseException:
        for starter in starters:
            os.close(starter)
        raise
    return starters[1:]


def boot(node, archive, images):
    wait_for("%s to answer" % node["name"], lambda: answers(node), 60)
    version = call(node, "GET", "/version")
    node["engine"], node["api"] = version["Version"], version["ApiVersion"]
    answer = call(node, "POST", "/images/load?quiet=1", archive, content="application/x-tar")
    if "error" in str(answer).lower():
        raise Fail("%s: cannot load the test image: %s" % (node["name"], answer))
    node["images"] = {name: call(node, "GET", "/images/%s/json" % name)["Id"] for name in images}


def answers(node):
    if not alive(node["init"]):
        raise Fail("%s: its first process ended" % node["name"])
    if any("dockerd ended" in line for line in log_of(node)):
        raise Fail("%s: dockerd ended" % node["name"])
    return ask(node, "GET", "/_ping", timeout=5)[0] == 200


def log_of(node):
    with contextlib.suppress(OSError), open(node["dir"] + "/node.log", errors="replace") as f:
        return f.read().splitlines()
    return []


def last_words(state):
    for node in state["nodes"]:
        tail = [line for line in log_of(node) if "level=info" not in line][-8:]
        if tail:
            say("last words of %s:\n  " % node["name"] + "\n  ".join(tail))


def take_down(state):
    procs = [node["init"] for node in state["nodes"]] + [state["hub"]]
    for proc in filter(alive, procs):
        os.kill(proc["pid"], signal.SIGKILL)
    wait_for("the processes to end", lambda: not any(map(alive, procs)), 30, 0.02)
    wires.disconnect_root(state)
    wait_for("the control groups to empty", lambda: cgroups.remove(machine.cgroup_of(state)), 10)
    wait_for("the data to be released", lambda: kept.remove_data(state["name"]), 10)
    kept.remove_made()
    machine.restore(state["host"])
