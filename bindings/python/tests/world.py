# SPDX-License-Identifier: MIT
"""A place on whatever orchestrator ORCH_TEST_URL names, as tests/conformance/world.c has it: namespaces of its own, which
are deleted, and time that passes in waits alone, because on the simulator it is virtual."""
import os
import re
import secrets
import threading

import orch

PATIENT = orch.Wait(timeout=120, settle=0.3)
# A process that ends at once looks alive for as long as a busy engine takes to tell.
PATIENT_WITH_FAILURES = orch.Wait(timeout=120, settle=5, stall=4)
# A process 1 that does not listen to TERM would be waited for.
SERVE = ("sh", "-c", "trap 'exit 0' TERM; sleep 86400 & wait")


def in_order(names):
    """Whether they are in liborch's order: by characters, but numbers in them by their value."""
    names = list(names)
    return names == sorted(names, key=lambda name: [
        (ord("0"), int(part)) if part.isdigit() else (ord(part), 0) for part in re.findall(r"\d+|.", name)])


class World:
    def __init__(self):
        self.url = os.environ.get("ORCH_TEST_URL") or "sim://conformance-python"
        self.image = os.environ.get("ORCH_TEST_IMAGE") or "busybox:1"
        self.image2 = os.environ.get("ORCH_TEST_IMAGE2") or "busybox:2"
        self.ns = f"t{secrets.token_hex(4)}"
        self.client = self.connect()
        self.other = self.client.in_namespace(f"{self.ns}-b")
        self.clock = self.client.in_namespace(f"{self.ns}-clock")
        self.clock.deployments.apply(self.server("clock", replicas=0))

    def connect(self, **options):
        """A client of its own, in the namespace of `client`."""
        return orch.connect(self.url, namespace=self.ns, **options)

    def server(self, name, **members):
        """Runs until it is stopped, and goes quickly when it is."""
        return orch.DeploymentSpec(name=name, image=self.image, stop_grace_ms=1000, **{"command": SERVE, **members})

    def up(self, name, replicas):
        return self.client.deployments.apply(self.server(name, replicas=replicas), wait=PATIENT)

    def stuck(self, name="stuck"):
        """One that nobody will ever see complete."""
        return self.client.deployments.apply(self.server(name, cpu_request_milli=1000000))

    def tick(self):
        """Let a little time pass, on any orchestrator."""
        self.clock.deployments.wait("clock", timeout=120, settle=0.2)

    def sweep(self):
        for client in (self.client, self.other):
            for deployment in client.deployments.list():
                try:
                    client.deployments.delete(deployment.spec.name, wait=PATIENT)
                except orch.NotFound:
                    pass

    def close(self):
        for client in (self.clock, self.other, self.client):
            try:
                client.namespaces.delete(wait=PATIENT)
            except orch.NotFound:
                pass
            client.close()


def at_once(bodies):
    """Run all in threads that begin together; what each returned or raised, in their order."""
    gate, results = threading.Barrier(len(bodies)), [None] * len(bodies)

    def run(i):
        gate.wait()
        try:
            results[i] = bodies[i]()
        except Exception as error:
            results[i] = error

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(bodies))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
