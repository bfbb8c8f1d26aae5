# SPDX-License-Identifier: MIT
"""The test image, made of the machine's static busybox: two references, one layer, the same bytes wherever it is made.
Every orchestrator gets this one, so that the same tests can run on all of them."""
import hashlib
import io
import json
import os
import tarfile

from .base import Fail, run

BUSYBOX = "/bin/busybox"
IMAGE, TAGS = "orch/busybox", ("v1", "v2")
# What it does when nothing else is asked for: serve, and stop at once when told to.
SERVE = ["sh", "-c", "trap 'exit 0' TERM; httpd -f -p 80 -h /www & wait"]
FOLDERS = ("bin", "etc", "proc", "root", "sys", "tmp", "var", "www")
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def references():
    return ["%s:%s" % (IMAGE, tag) for tag in TAGS]


def archive(registry="", more=()):
    """What `docker load` and `ctr images import` take. registry: put in front of the names; more: (name, command) of
    further images of the same layer."""
    if not os.path.exists(BUSYBOX):
        raise Fail("no %s: install busybox-static (scripts/install-deps)" % BUSYBOX)
    layer = layer_tar()
    digest = hashlib.sha256(layer).hexdigest()
    out, manifest = io.BytesIO(), []
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        add(tar, digest + "/layer.tar", layer)
        for reference, env, command in [("%s:%s" % (IMAGE, tag), ["VERSION=" + tag], SERVE) for tag in TAGS] + [
                (name, [], command) for name, command in more]:
            config = config_json(env, command, digest)
            name = hashlib.sha256(config).hexdigest() + ".json"
            add(tar, name, config)
            manifest.append({"Config": name, "RepoTags": [registry + reference], "Layers": [digest + "/layer.tar"]})
        add(tar, "manifest.json", json.dumps(manifest).encode())
    return out.getvalue()


def layer_tar():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in FOLDERS:
            add(tar, name, kind=tarfile.DIRTYPE, mode=0o1777 if name == "tmp" else 0o755)
        with open(BUSYBOX, "rb") as f:
            add(tar, "bin/busybox", f.read(), mode=0o755)
        for applet in run(BUSYBOX, "--list").split():
            if applet != "busybox":
                add(tar, "bin/" + applet, kind=tarfile.SYMTYPE, link="busybox")
        add(tar, "etc/passwd", b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/tmp:/bin/sh\n")
        add(tar, "etc/group", b"root:x:0:\nnogroup:x:65534:\n")
        add(tar, "www/index.html", b"ok\n")
    return out.getvalue()


def config_json(env, command, digest):
    machine = os.uname().machine
    return json.dumps({
        "architecture": ARCHITECTURES.get(machine, machine), "os": "linux", "created": "2000-01-01T00:00:00Z",
        "config": {"Env": ["PATH=/bin"] + env, "Cmd": command},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest]},
        "history": [{"created": "2000-01-01T00:00:00Z", "created_by": "liborch"}]}).encode()


def add(tar, name, data=b"", kind=tarfile.REGTYPE, mode=0o644, link=""):
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode, entry.linkname, entry.size = kind, mode, link, len(data)
    tar.addfile(entry, io.BytesIO(data) if data else None)
