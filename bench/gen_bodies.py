# SPDX-License-Identifier: MIT
"""Pods as a Kubernetes API server sends them, compact, always the same bytes for
the same number. The managedFields are those of kube-controller-manager and
kubelet: 3 KB, two fifths of a pod."""
import copy
import json
import os
import random
import uuid

HEX = "0123456789abcdef"
SAFE = "bcdfghjklmnpqrstvwxz2456789"
APPS = ["checkout", "cart", "frontend", "payments", "search-indexer", "recommendation",
        "auth-gateway", "image-resizer", "order-worker", "billing-api"]
NAMESPACES = ["default", "prod-shop", "prod-payments", "staging", "observability"]
CONDITIONS = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"]

rnd = random.Random()


def dump(obj):
    return json.dumps(obj, separators=(",", ":"))


def text(n, alphabet=SAFE):
    return "".join(rnd.choice(alphabet) for _ in range(n))


def uid():
    return str(uuid.UUID(int=rnd.getrandbits(128), version=4))


def stamp():
    return "2026-%02d-%02dT%02d:%02d:%02dZ" % (
        rnd.randint(1, 12), rnd.randint(1, 28), rnd.randint(0, 23), rnd.randint(0, 59), rnd.randint(0, 59))


# ---- managedFields: derived from the object, as server-side apply does ---------------

MERGE_KEYS = {"containers": ["name"], "env": ["name"], "ports": ["containerPort", "protocol"],
              "volumeMounts": ["mountPath"], "volumes": ["name"], "conditions": ["type"],
              "podIPs": ["ip"], "ownerReferences": ["uid"]}


def fields_v1(value, name=""):
    if isinstance(value, dict):
        owned = {"f:" + k: fields_v1(v, k) for k, v in value.items()}
        return {".": {}, **owned} if name else owned
    if isinstance(value, list) and name in MERGE_KEYS:
        owned = {}
        for item in value:
            key = dump({k: item[k] for k in MERGE_KEYS[name]})
            owned["k:" + key] = {".": {}, **fields_v1(item)}
        return {".": {}, **owned}
    return {}


def managed(manager, when, what, **more):
    return {"manager": manager, "operation": "Update", "apiVersion": "v1", "time": when,
            "fieldsType": "FieldsV1", "fieldsV1": what, **more}


def pick(obj, *without):
    return {k: v for k, v in obj.items() if k not in without}


def managed_fields(obj, when):
    meta = {k: v for k, v in obj["metadata"].items()
            if k in ("annotations", "generateName", "labels", "ownerReferences")}
    # What the scheduler and the admission plugins added belongs to nobody.
    spec = copy.deepcopy(pick(obj["spec"], "nodeName", "tolerations", "priority", "preemptionPolicy"))
    if "containers" in spec:
        spec["volumes"] = spec["volumes"][:1]
        spec["containers"][0]["volumeMounts"] = spec["containers"][0]["volumeMounts"][:1]
    entries = [managed("kube-controller-manager", when,
                       {"f:metadata": fields_v1(meta), "f:spec": fields_v1(spec)})]
    if "containerStatuses" in obj["status"]:
        status = pick(obj["status"], "qosClass")
        status["conditions"] = [c for c in status["conditions"] if c["type"] != "PodScheduled"]
        entries.append(managed("kubelet", when, {"f:status": fields_v1(status)}, subresource="status"))
    return entries


# ---- Kubernetes ------------------------------------------------------------------------

def probe(path, delay=None):
    first = {"httpGet": {"path": path, "port": 8080, "scheme": "HTTP"}}
    if delay:
        first["initialDelaySeconds"] = delay
    return {**first, "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}


def container(app, image, token):
    return {
        "name": "app", "image": image,
        "args": ["--config", "/etc/app/config.yaml", "--log-format=json"],
        "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        "env": [
            {"name": "DB_HOST", "value": "db.prod-shop.svc.cluster.local"},
            {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": app + "-db", "key": "password"}}},
            {"name": "POD_IP", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.podIP"}}}],
        "resources": {"limits": {"cpu": "500m", "memory": "512Mi"}, "requests": {"cpu": "100m", "memory": "256Mi"}},
        "volumeMounts": [
            {"name": "config", "readOnly": True, "mountPath": "/etc/app"},
            {"name": token, "readOnly": True, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}],
        "livenessProbe": probe("/healthz", 15), "readinessProbe": probe("/ready"),
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
        "securityContext": {"readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False}}


def token_volume(name):
    return {"name": name, "projected": {"sources": [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {
            "apiVersion": "v1", "fieldPath": "metadata.namespace"}}]}}], "defaultMode": 420}}


def pod_spec(app, image, node, token):
    spread = {"weight": 100, "podAffinityTerm": {
        "labelSelector": {"matchLabels": {"app": app}}, "topologyKey": "kubernetes.io/hostname"}}
    tolerate = [{"key": "node.kubernetes.io/" + k, "operator": "Exists", "effect": "NoExecute",
                 "tolerationSeconds": 300} for k in ("not-ready", "unreachable")]
    return {
        "volumes": [{"name": "config", "configMap": {"name": app + "-config", "defaultMode": 420}},
                    token_volume(token)],
        "containers": [container(app, image, token)],
        "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
        "serviceAccountName": app, "serviceAccount": app, "nodeName": node,
        "securityContext": {"runAsUser": 10001, "fsGroup": 10001},
        "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [spread]}},
        "schedulerName": "default-scheduler", "tolerations": tolerate, "priority": 0,
        "enableServiceLinks": True, "preemptionPolicy": "PreemptLowerPriority"}


def pod_status(image, app, host_ip, when):
    ready = rnd.random() > 0.05
    ip = "10.244.%d.%d" % (rnd.randint(0, 255), rnd.randint(1, 254))
    return {
        "phase": "Running" if ready else "Pending",
        "conditions": [{"type": c, "status": "True" if ready or c in ("Initialized", "PodScheduled") else "False",
                        "lastProbeTime": None, "lastTransitionTime": when} for c in CONDITIONS],
        "hostIP": host_ip, "hostIPs": [{"ip": host_ip}], "podIP": ip, "podIPs": [{"ip": ip}], "startTime": when,
        "containerStatuses": [{
            "name": "app", "state": {"running": {"startedAt": when}}, "lastState": {}, "ready": ready,
            "restartCount": rnd.choice([0, 0, 0, 1, 2, 7]), "image": image,
            "imageID": "registry.example.com/shop/%s@sha256:%s" % (app, text(64, HEX)),
            "containerID": "containerd://" + text(64, HEX), "started": ready}],
        "qosClass": "Burstable"}


def pod(i, with_managed_fields):
    app, tail, when = APPS[i % len(APPS)], text(10), stamp()
    address = (rnd.randint(0, 9), rnd.randint(0, 255), rnd.randint(0, 255))
    image = "registry.example.com/shop/%s:v%d.%d.%d" % (
        app, rnd.randint(1, 3), rnd.randint(0, 40), rnd.randint(0, 9))
    labels = {"app": app, "app.kubernetes.io/component": "server", "app.kubernetes.io/instance": app,
              "app.kubernetes.io/managed-by": "Helm", "pod-template-hash": tail, "tier": "backend"}
    meta = {
        "name": "%s-%s-%s" % (app, tail, text(5)), "generateName": "%s-%s-" % (app, tail),
        "namespace": NAMESPACES[(i // 7) % len(NAMESPACES)], "uid": uid(),
        "resourceVersion": str(90000000 + i * 13), "creationTimestamp": when, "labels": labels,
        "annotations": {"checksum/config": text(64, HEX), "prometheus.io/port": "8080",
                        "prometheus.io/scrape": "true"},
        "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "%s-%s" % (app, tail),
                             "uid": uid(), "controller": True, "blockOwnerDeletion": True}]}
    obj = {"metadata": meta,
           "spec": pod_spec(app, image, "ip-10-%d-%d-%d.eu-west-1.compute.internal" % address,
                            "kube-api-access-" + text(5)),
           "status": pod_status(image, app, "10.%d.%d.%d" % address, when)}
    if with_managed_fields:
        meta["managedFields"] = managed_fields(obj, when)
    return obj


def write(path, count):
    """Files "pods" and "pods_mf": without and with managedFields."""
    for name, with_managed_fields in (("pods", False), ("pods_mf", True)):
        rnd.seed(1)
        with open(os.path.join(path, name), "w", encoding="ascii") as f:
            f.write('{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"99887766"},"items":[')
            f.write(",".join(dump(pod(i, with_managed_fields)) for i in range(count)) + "]}\n")
