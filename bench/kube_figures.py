# SPDX-License-Identifier: MIT
"""Figures of lists of Kubernetes: what 10,000 pods or deployments cost, against libcurl that
looks at nothing, against yajl that keeps nothing, against client-go that keeps everything."""
import hashlib
import os
import re
import shutil
import subprocess
import tempfile

import kube_bodies
import tools
from tools import Failed, Skip, figures, grown

COUNT = 10000
# What a list is called, its namespace there, the operation of bench_orch, the function it calls.
LISTS = (("instances", "web", "instances", "orch_instance_list"),
         ("deployments", "many", "list", "orch_deployment_list"))


class Cluster(tools.Server):
    """A server of ready-made answers, and a kubeconfig for it while it is there."""

    def __init__(self, count=COUNT):
        super().__init__(tools.bodies("kube", count, write=kube_bodies.write))

    def __enter__(self):
        super().__enter__()
        self.before = os.environ.get("KUBECONFIG")
        os.environ["KUBECONFIG"] = os.path.join(self.folder, "kubeconfig")
        kube_bodies.kubeconfig(os.environ["KUBECONFIG"], self.port)
        return self

    def __exit__(self, *why):
        if self.before is None:
            del os.environ["KUBECONFIG"]
        else:
            os.environ["KUBECONFIG"] = self.before
        super().__exit__(*why)


def orch(namespace, operation):
    return [tools.program("orch"), "kubernetes://" + namespace, operation, "1"]


def targets(namespace, operation):
    """What liborch asks for when it lists: the others get the same."""
    def asked(what):
        with Cluster() as cluster:
            tools.output(*orch(namespace, what))
        return cluster.targets
    return asked(operation)[len(asked("open")):]  # connecting left out


def kinds(asked):
    """Of the lists among the targets, in their order."""
    return list(dict.fromkeys(re.findall(r"/(deployments|replicasets|pods)\?", "\n".join(asked))))


@figures("kube_connections_for_1000_gets", "kube_requests_per_get")
def connections(bench):
    with Cluster() as cluster:
        tools.output(tools.program("orch"), "kubernetes://one", "get", "1000")
    bench.report.figure("kube_connections_for_1000_gets", cluster.accepts, "== 1")
    bench.report.figure("kube_requests_per_get", round((cluster.requests - 2) / 1000), "<= 4")


@figures("kube_requests_per_page_of_instances", "kube_requests_per_page_of_deployments")
def requests(bench):
    for what, namespace, operation, _ in LISTS:
        count = len(targets(namespace, operation))
        bench.report.figure(f"kube_requests_per_page_of_{what}", count * kube_bodies.PAGE / COUNT)


@figures("kube_peak_kilobytes_of_10000_instances", "kube_peak_kilobytes_of_10000_deployments",
         "kube_bytes_per_instance_kept", "kube_bytes_per_deployment_kept")
def kept(bench):
    for what, namespace, operation, _ in LISTS:
        with Cluster():
            words = [int(float(word)) for word in tools.output(*orch(namespace, operation)).split()]
        if words[1] != COUNT:
            raise Failed(f"{words[1]} of {COUNT} {what}")
        bench.report.figure(f"kube_peak_kilobytes_of_10000_{what}", words[3], "<= 24576")
        bench.report.figure(f"kube_bytes_per_{what[:-1]}_kept", round(words[2] * 1024 / COUNT), "<= 1500")


@figures("kube_kilobytes_for_10000_one_by_one", "kube_bytes_per_deployment_visited")
def visited(bench):
    """Flat but for the counts, which belong to all deployments and are asked for at the start."""
    def growth(count):
        with Cluster(count):
            items, size = grown(*orch("many", "each"))
        if items != count:
            raise Failed(f"{items} of {count} deployments")
        return size
    few, many = growth(2000), growth(COUNT)
    bench.report.figure("kube_kilobytes_for_10000_one_by_one", many // 1024, "<= 4096")
    bench.report.figure("kube_bytes_per_deployment_visited", round((many - few) / (COUNT - 2000)), "<= 150")


@figures("kube_list_of_instances_against_yajl", "kube_list_of_deployments_against_yajl")
def instructions(bench):
    for what, namespace, operation, function in LISTS:
        with Cluster(1000) as cluster:
            ours = bench.callgrind.run(*orch(namespace, operation), function=function)
        asked = [target for target in cluster.targets if kinds([target])]
        with Cluster(1000) as cluster:
            yajl = bench.callgrind.run(
                tools.program("curl"), cluster.port, "parse", *asked, function="fetch_all")
        bench.report.figure(f"kube_list_of_{what}_against_yajl", ours[0] / yajl[0], "<= 0.6")


@figures("kube_wall_of_instances_against_curl", "kube_wall_of_deployments_against_curl",
         "kube_cpu_of_instances_against_curl", "kube_cpu_of_deployments_against_curl",
         "kube_cpu_of_instances_against_nothing", "kube_cpu_of_deployments_against_nothing",
         "kube_cpu_of_instances_against_yajl", "kube_cpu_of_deployments_against_yajl", quick=False)
def time(bench):
    for (what, namespace, operation, _), goal in zip(LISTS, ("<= 3", "<= 4.5")):
        asked = targets(namespace, operation)
        with Cluster() as cluster:
            def curl(how):
                return [tools.program("curl"), cluster.port, how, *asked]
            seen = tools.rounds(bench.rounds, plain=curl("plain"), nothing=curl("discard"), yajl=curl("parse"),
                                orch=orch(namespace, operation))
        used = {name: columns[0] for name, columns in seen.items()}
        bench.report.figure(f"kube_wall_of_{what}_against_curl", seen["orch"][4] / seen["plain"][4],
                            goal, target="<= 2.4")
        bench.report.figure(f"kube_cpu_of_{what}_against_curl", used["orch"] / used["plain"], target="<= 2.4")
        bench.report.figure(f"kube_cpu_of_{what}_against_nothing", used["orch"] / used["nothing"])
        bench.report.figure(f"kube_cpu_of_{what}_against_yajl", used["orch"] / used["yajl"], "<= 0.8")


def client_go():
    """The program, built with the first Go there is that can; kept outside of the checkout."""
    source = os.path.join(tools.HERE, "client-go")
    with open(os.path.join(source, "go.mod"), encoding="utf-8") as f:
        wanted = re.search(r"^go (\S+)$", f.read(), re.M).group(1)
    cache = os.environ.get("ORCH_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "liborch")
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum", "main.go"):
        with open(os.path.join(source, name), "rb") as f:
            digest.update(f.read())
    path = os.path.join(cache, "bench", "client-go-" + digest.hexdigest()[:12])
    if not os.path.exists(path):
        build_client_go(source, wanted, path)
    return path


def build_client_go(source, wanted, path):
    go = os.environ.get("ORCH_TEST_GO") or shutil.which("go")
    if not go:
        raise Skip(f"there is no Go to build client-go with; it takes {wanted}")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    env = dict(os.environ, CGO_ENABLED="0", GOTOOLCHAIN="local", GOWORK="off")
    with tempfile.TemporaryDirectory(dir=os.path.dirname(path)) as scratch:
        made = os.path.join(scratch, "client-go")
        done = subprocess.run([go, "build", "-mod=readonly", "-trimpath", "-o", made, "."], cwd=source, env=env,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Skip("client-go cannot be built: " + (done.stderr.strip().splitlines() or ["no words"])[-1])
        os.rename(made, path)


@figures("kube_wall_of_client_go_against_instances", "kube_wall_of_client_go_against_deployments",
         "kube_peak_of_client_go_against_instances", "kube_peak_of_client_go_against_deployments", quick=False)
def against_client_go(bench):
    other = client_go()
    for what, namespace, operation, _ in LISTS:
        asked = kinds(targets(namespace, operation))
        with Cluster() as cluster:
            def go(limit):
                return [other, f"http://127.0.0.1:{cluster.port}", namespace, str(limit), *asked]
            seen = tools.rounds(bench.rounds, paged=go(kube_bodies.PAGE), whole=go(0),
                                orch=orch(namespace, operation))
        for figure, column, goal in (("wall", 4, ">= 8"), ("peak", 3, ">= 4")):
            best = min(seen["paged"][column], seen["whole"][column])
            bench.report.figure(f"kube_{figure}_of_client_go_against_{what}",
                                best / seen["orch"][column], goal)
