# SPDX-License-Identifier: MIT
"""What a Docker Engine would answer, for bench_server: services, their tasks, the
nodes. Always the same bytes for the same numbers, in the form and with the
members that Engine 20.10 sends; 2.9 KB a service, 1.6 KB a task."""
import random

from folder import Folder

HEX = "0123456789abcdef"
BASE36 = "abcdefghijklmnopqrstuvwxyz0123456789"
APPS = ["checkout", "cart", "frontend", "payments", "search-indexer", "recommendation",
        "auth-gateway", "image-resizer", "order-worker", "billing-api"]
NETWORK_ID = "yfjyegzhx3arl0z7vlf7emm47"
PORT = {"Protocol": "tcp", "TargetPort": 80, "PublishedPort": 8080, "PublishMode": "ingress"}
INGRESS = {
    "ID": NETWORK_ID, "Version": {"Index": 6}, "CreatedAt": "2026-11-02T06:06:32.866948857Z",
    "UpdatedAt": "2026-11-02T06:06:32.8883362Z",
    "Spec": {"Name": "ingress", "Labels": {}, "DriverConfiguration": {}, "Ingress": True,
             "IPAMOptions": {"Driver": {}}, "Scope": "swarm"},
    "DriverState": {"Name": "overlay",
                    "Options": {"com.docker.network.driver.overlay.vxlanid_list": "4096"}},
    "IPAMOptions": {"Driver": {"Name": "default"},
                    "Configs": [{"Subnet": "10.0.0.0/16", "Gateway": "10.0.0.1"}]}}


class Swarm:
    """Nodes, then services and tasks that name each other and the nodes."""

    def __init__(self, seed, nodes=50):
        self.random = random.Random(seed)
        self.nodes = [self.node(i) for i in range(nodes)]

    def text(self, length, alphabet=BASE36):
        return "".join(self.random.choices(alphabet, k=length))

    def stamp(self):
        r = self.random.randint
        return "2026-11-%02dT%02d:%02d:%02d.%09dZ" % (
            r(1, 28), r(0, 23), r(0, 59), r(0, 59), r(1, 999999999))

    def address(self):
        return "10.0.%d.%d" % (self.random.randint(0, 255), self.random.randint(1, 254))

    def node(self, i):
        plugins = [{"Type": kind, "Name": name} for kind, names in (
            ("Log", "awslogs fluentd gcplogs gelf journald json-file local syslog"),
            ("Network", "bridge host ipvlan macvlan null overlay"), ("Volume", "local"))
            for name in names.split()]
        one = {
            "ID": self.text(25), "Version": {"Index": 40 + i}, "CreatedAt": self.stamp(),
            "UpdatedAt": self.stamp(),
            "Spec": {"Labels": {"zone": "abc"[i % 3]}, "Role": "manager" if i < 3 else "worker",
                     "Availability": "active"},
            "Description": {
                "Hostname": f"node-{i}", "Platform": {"Architecture": "x86_64", "OS": "linux"},
                "Resources": {"NanoCPUs": 8000000000, "MemoryBytes": 33369206784},
                "Engine": {"EngineVersion": "20.10.24", "Plugins": plugins},
                "TLSInfo": {"TrustRoot": self.text(560), "CertIssuerSubject": self.text(28),
                            "CertIssuerPublicKey": self.text(124)}},
            "Status": {"State": "ready", "Addr": self.address()}}
        if i < 3:
            one["ManagerStatus"] = {"Reachability": "reachable", "Addr": self.address() + ":2377"}
            if i == 0:
                one["ManagerStatus"]["Leader"] = True
        return one

    def template(self, image):
        return {
            "ContainerSpec": {
                "Image": image, "Labels": {"team": "shop"}, "Args": ["httpd", "-f", "-p", "80"],
                "Env": ["DB_HOST=db", "LOG=json", "PORT=8080"], "Init": False,
                "StopGracePeriod": 10000000000, "DNSConfig": {}, "Isolation": "default"},
            "Resources": {"Limits": {"NanoCPUs": 500000000, "MemoryBytes": 268435456},
                          "Reservations": {"MemoryBytes": 134217728}},
            "RestartPolicy": {"Condition": "any", "Delay": 5000000000, "MaxAttempts": 0},
            "Placement": {"Platforms": [{"Architecture": "amd64", "OS": "linux"}]},
            "ForceUpdate": 0}

    def service(self, name, replicas):
        image = "registry.example.com/shop/app:v1@sha256:" + self.text(64, HEX)
        endpoint = {"Mode": "vip", "Ports": [PORT]}
        roll = {"Parallelism": 1, "FailureAction": "pause", "Monitor": 5000000000,
                "MaxFailureRatio": 0, "Order": "stop-first"}
        spec = {"Name": name, "Labels": {"tier": "backend", "orch.io/managed": "true"},
                "TaskTemplate": {**self.template(image), "Runtime": "container"},
                "Mode": {"Replicated": {"Replicas": replicas}}, "UpdateConfig": roll,
                "RollbackConfig": roll, "EndpointSpec": endpoint}
        return {
            "ID": self.text(25), "Version": {"Index": self.random.randint(100, 99999)},
            "CreatedAt": self.stamp(), "UpdatedAt": self.stamp(), "Spec": spec,
            "PreviousSpec": spec,
            "Endpoint": {"Spec": endpoint, "Ports": [PORT], "VirtualIPs": [
                {"NetworkID": NETWORK_ID, "Addr": self.address() + "/16"}]},
            "UpdateStatus": {"State": "completed", "StartedAt": self.stamp(),
                             "CompletedAt": self.stamp(), "Message": "update completed"}}

    def task(self, service, slot):
        image = service["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"]
        return {
            "ID": self.text(25), "Version": {"Index": self.random.randint(100, 99999)},
            "CreatedAt": self.stamp(), "UpdatedAt": self.stamp(), "Labels": {},
            "Spec": self.template(image), "ServiceID": service["ID"], "Slot": slot,
            "NodeID": self.random.choice(self.nodes)["ID"],
            "Status": {"Timestamp": self.stamp(), "State": "running", "Message": "started",
                       "ContainerStatus": {"ContainerID": self.text(64, HEX),
                                           "PID": self.random.randint(300, 60000), "ExitCode": 0},
                       "PortStatus": {}},
            "DesiredState": "running",
            "NetworksAttachments": [{"Network": INGRESS, "Addresses": [self.address() + "/16"]}]}


def status(service, tasks):
    """As ?status=true has it."""
    return {**service, "ServiceStatus": {"RunningTasks": tasks, "DesiredTasks": tasks,
                                         "CompletedTasks": 0}}


def write(path, services, replicas):
    """So many services with a task each, and one called "web" with `replicas` tasks."""
    swarm, folder = Swarm(seed=5), Folder(path)
    web = swarm.service("web", replicas)  # first: its ID is not to depend on the numbers
    names = sorted(f"{APPS[i % 10]}-{i}" for i in range(services))
    many = [swarm.service(name, 1) for name in names]
    tasks = [swarm.task(web, slot + 1) for slot in range(replicas)]
    folder.add("ping", "OK", "/_ping")
    folder.add("version", {"Version": "20.10.24", "ApiVersion": "1.41", "MinAPIVersion": "1.12"},
               "/version")
    folder.add("small", {"Name": "web", "Of": swarm.text(250)}, "/small")
    folder.add("nodes", swarm.nodes, "/nodes")
    folder.add("web", web, "/services/web", "/services/" + web["ID"])
    folder.add("none", [], "/services %22none%22")
    folder.add("web-list", [status(web, replicas)], '/services "web"', "/services %22web%22")
    folder.add("web-tasks", tasks, "/tasks web", "/tasks " + web["ID"])
    folder.add("services", [status(s, 1) for s in many], "/services")
    folder.add("tasks", [swarm.task(s, 1) for s in many], "/tasks")
    folder.write_routes()
