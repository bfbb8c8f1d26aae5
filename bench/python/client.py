# SPDX-License-Identifier: MIT
"""One client of Python's, measuring itself.

    client.py bare|orch|connect|kubernetes import
    client.py orch|kubernetes instances NAMESPACE DEPLOYMENT PAGE

Prints CPU seconds, items, kilobytes of the peak of memory, seconds by the clock: of the import, or of the list with an
object for each of its items."""
import sys
import time


def peak():
    """Not ru_maxrss: that starts with the peak of the process that forked us."""
    with open("/proc/self/status", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmHWM:"))


def load(name):
    if name == "orch":
        import orch
    elif name == "connect":
        import orch

        orch.connect("sim://").deployments
    elif name == "kubernetes":
        import kubernetes.client


def of_orch(namespace, deployment, page):
    import orch

    with orch.connect("kubernetes://", namespace=namespace) as client:
        client.in_namespace("one").instances.list("web")  # connecting is left out
        yield
        yield list(client.instances.list(deployment))


def of_kubernetes(namespace, deployment, page):
    from kubernetes import client, config

    config.load_kube_config()
    api = client.CoreV1Api()
    api.list_namespaced_pod("one", limit=1)
    yield
    found, more = [], None
    while more != "":
        some = api.list_namespaced_pod(
            namespace, label_selector=f"app.kubernetes.io/name={deployment}", limit=int(page), _continue=more)
        found += some.items
        more = some.metadata._continue or ""
    yield found


def main(name, operation, *arguments):
    if operation == "import":
        body = lambda: load(name)
    else:
        steps = {"orch": of_orch, "kubernetes": of_kubernetes}[name](*arguments)
        next(steps)
        body = lambda: next(steps)
    cpu, wall = time.process_time(), time.perf_counter()
    items = body()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(cpu, len(items or ()), peak(), wall)


main(*sys.argv[1:])
