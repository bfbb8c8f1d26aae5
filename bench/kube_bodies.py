# SPDX-License-Identifier: MIT
"""What a Kubernetes API server would answer, for bench_server: in the namespace "web" one
deployment with many pods, in "one" one with one, in "many" many deployments of a pod each.
Lists come in pages of 500 to those who ask for a limit, else at once. Always the same bytes
for the same number, with the managedFields that servers send: 6 KB a deployment, 8 KB a pod."""
import gen_bodies
from folder import Folder
from gen_bodies import HEX, dump, fields_v1, managed, pick, rnd, stamp, text, uid

PAGE = 500
GROUPS = {"Pod": "v1", "Deployment": "apps/v1", "ReplicaSet": "apps/v1"}


def labels_of(name):
    return {"app.kubernetes.io/instance": name, "app.kubernetes.io/managed-by": "liborch",
            "app.kubernetes.io/name": name}


def template(name, index):
    """Of a pod as gen_bodies has it, without what a server adds to one that runs."""
    app = gen_bodies.APPS[index % len(gen_bodies.APPS)]
    image = f"registry.example.com/shop/{app}:v{index % 3}.{index % 40}.0"
    spec = pick(gen_bodies.pod_spec(app, image, "", "unused"), "nodeName", "tolerations", "priority",
                "preemptionPolicy", "enableServiceLinks")
    spec["volumes"] = spec["volumes"][:1]
    spec["containers"][0]["volumeMounts"] = spec["containers"][0]["volumeMounts"][:1]
    return {"metadata": {"labels": labels_of(name)}, "spec": spec}


def counts(replicas):
    return {f"{what}eplicas": replicas for what in ("r", "updatedR", "readyR", "availableR")}


def conditions(name, when):
    return [{"type": kind, "status": "True", "lastUpdateTime": when, "lastTransitionTime": when,
             "reason": reason, "message": message} for kind, reason, message in (
                 ("Available", "MinimumReplicasAvailable", "Deployment has minimum availability."),
                 ("Progressing", "NewReplicaSetAvailable",
                  f'ReplicaSet "{name}" has successfully progressed.'))]


def owned(obj, manager, operation, when):
    """The managedFields of one who wrote the spec and of the controller."""
    status = managed("kube-controller-manager", when, {"f:status": fields_v1(obj["status"])},
                     subresource="status")
    meta = pick(obj["metadata"], "name", "namespace", "uid", "resourceVersion", "generation",
                "creationTimestamp")
    wrote = managed(manager, when, {"f:metadata": fields_v1(meta), "f:spec": fields_v1(obj["spec"])})
    return [{**wrote, "operation": operation}, status]


def deployment(namespace, name, index, replicas):
    when, revision = stamp(), text(10)
    obj = {
        "metadata": {
            "name": name, "namespace": namespace, "uid": uid(), "resourceVersion": str(70000000 + index * 17),
            "generation": 3, "creationTimestamp": when, "labels": labels_of(name),
            "annotations": {"deployment.kubernetes.io/revision": "2", "orch.io/op": text(32, HEX)}},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": pick(labels_of(name), "app.kubernetes.io/managed-by")},
            "template": template(name, index),
            "strategy": {"type": "RollingUpdate",
                         "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}},
            "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600},
        "status": {"observedGeneration": 3, **counts(replicas),
                   "conditions": conditions(f"{name}-{revision}", when)}}
    obj["metadata"]["managedFields"] = owned(obj, "liborch", "Apply", when)
    return obj, revision


def replica_set(of, revision, index):
    meta, when = of["metadata"], stamp()
    labels = {**labels_of(meta["name"]), "pod-template-hash": revision}
    replicas = of["spec"]["replicas"]
    spec_template = {"metadata": {"labels": labels}, "spec": of["spec"]["template"]["spec"]}
    obj = {
        "metadata": {
            "name": f"{meta['name']}-{revision}", "namespace": meta["namespace"], "uid": uid(),
            "resourceVersion": str(80000000 + index * 19), "generation": 1, "creationTimestamp": when,
            "labels": labels,
            "annotations": {"deployment.kubernetes.io/desired-replicas": str(replicas),
                            "deployment.kubernetes.io/max-replicas": str(replicas + 1),
                            "deployment.kubernetes.io/revision": "2"},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": meta["name"],
                                 "uid": meta["uid"], "controller": True, "blockOwnerDeletion": True}]},
        "spec": {"replicas": replicas,
                 "selector": {"matchLabels": pick(labels, "app.kubernetes.io/managed-by")},
                 "template": spec_template},
        "status": {"replicas": replicas, "fullyLabeledReplicas": replicas, "readyReplicas": replicas,
                   "availableReplicas": replicas, "observedGeneration": 1}}
    obj["metadata"]["managedFields"] = owned(obj, "kube-controller-manager", "Update", when)
    return obj


def pod(of, index):
    """One of a replica set."""
    meta = of["metadata"]
    obj = gen_bodies.pod(index, False)
    obj["metadata"].update(
        name=f"{meta['name']}-{text(5)}", generateName=meta["name"] + "-", namespace=meta["namespace"],
        labels=meta["labels"],
        ownerReferences=[{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": meta["name"],
                          "uid": meta["uid"], "controller": True, "blockOwnerDeletion": True}])
    obj["metadata"]["managedFields"] = gen_bodies.managed_fields(obj, obj["metadata"]["creationTimestamp"])
    return obj


def as_list(kind, items, following=None):
    """`following`: the token of the next page."""
    meta = {"resourceVersion": "99887766"}
    if following:
        meta["continue"] = following
    head = dump({"kind": kind + "List", "apiVersion": GROUPS[kind], "metadata": meta})
    return head[:-1] + ',"items":[' + ",".join(items) + "]}\n"


def add_list(folder, kind, namespace, objects):
    items = [dump(one) for one in sorted(objects, key=lambda one: one["metadata"]["name"])]
    prefix = "/api/v1" if kind == "Pod" else "/apis/apps/v1"
    path = f"{prefix}/namespaces/{namespace}/{kind.lower()}s"
    pages = [items[at:at + PAGE] for at in range(0, len(items), PAGE)]
    for number, page in enumerate(pages):
        name = f"{namespace}-{kind.lower()}s-{number:03}"
        following = f"page{number + 1:03}" if number + 1 < len(pages) else None
        # The first page last: a request for another one bears the limit, too.
        folder.add(name, as_list(kind, page, following), *[f"{path} continue=page{number:03}"] if number else [])
    folder.rows.append(f"{path} limit= {namespace}-{kind.lower()}s-000\n")
    folder.add(f"{namespace}-{kind.lower()}s", as_list(kind, items), path)


def full(kind, obj):
    return {"kind": kind, "apiVersion": GROUPS[kind], **obj}


def add_web(folder, namespace, pods):
    one, revision = deployment(namespace, "web", 0, pods)
    of = replica_set(one, revision, 0)
    folder.add(namespace, full("Deployment", one), f"/apis/apps/v1/namespaces/{namespace}/deployments/web")
    add_list(folder, "Deployment", namespace, [one])
    add_list(folder, "ReplicaSet", namespace, [of])
    add_list(folder, "Pod", namespace, [pod(of, i) for i in range(pods)])


def add_many(folder, count):
    deployments, sets, pods = [], [], []
    for i in range(count):
        one, revision = deployment("many", f"{gen_bodies.APPS[i % 10]}-{i}", i, 1)
        deployments.append(one)
        sets.append(replica_set(one, revision, i))
        pods.append(pod(sets[-1], i))
    for kind, objects in (("Deployment", deployments), ("ReplicaSet", sets), ("Pod", pods)):
        add_list(folder, kind, "many", objects)


def write(path, count):
    """`count` pods of one deployment, and `count` deployments of one pod."""
    folder = Folder(path)
    rnd.seed(3)
    folder.add("version", {"major": "1", "minor": "36", "gitVersion": "v1.36.3", "platform": "linux/amd64"},
               "/version", "/_ping")
    folder.add("node-list", '{"kind":"NodeList","apiVersion":"v1","metadata":{"resourceVersion":"5"},"items":[]}\n',
               "/api/v1/nodes")
    add_web(folder, "one", 1)
    add_web(folder, "web", count)
    add_many(folder, count)
    folder.write_routes()


def kubeconfig(path, port):
    """A context for each namespace, of a server on this machine."""
    named = [{"name": ns, "context": {"cluster": "bench", "user": "bench", "namespace": ns}}
             for ns in ("one", "web", "many")]
    with open(path, "w", encoding="ascii") as f:
        f.write(dump({
            "apiVersion": "v1", "kind": "Config", "contexts": named, "current-context": "web",
            "clusters": [{"name": "bench", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
            "users": [{"name": "bench", "user": {}}]}))
