# SPDX-License-Identifier: MIT
"""What a kubelet says of a pod, by mode."""
from times import timestamp

WAITING = {"creating": ("ContainerCreating", ""),
           "pull": ("ImagePullBackOff", 'Back-off pulling image "%s"'),
           "crash": ("CrashLoopBackOff", "back-off 40s restarting failed container")}
PHASES = {"pull": "Pending", "creating": "Pending"}  # others: Running


def status_of(pod, mode, code, address, host):
    """code: of mode exit."""
    now, ready = timestamp(), "True" if mode == "ok" else "False"
    phase = ("Failed" if code else "Succeeded") if mode == "exit" else PHASES.get(mode, "Running")
    conditions = (("Initialized", "True"), ("ContainersReady", ready), ("Ready", ready))
    return {"phase": phase, "hostIP": host, "startTime": now, "podIP": address, "podIPs": [{"ip": address}],
            "conditions": [{"type": kind, "status": value, "lastTransitionTime": now} for kind, value in conditions],
            "containerStatuses": [container_status(c, mode, code, now) for c in pod["spec"]["containers"]]}


def container_status(container, mode, code, now):
    ended = {"terminated": {"exitCode": 3, "reason": "Error", "startedAt": now, "finishedAt": now}}
    return {"name": container["name"], "image": container["image"], "imageID": "fake",
            "ready": mode == "ok", "started": mode in ("ok", "unready"), "restartCount": 3 if mode == "crash" else 0,
            "state": container_state(container, mode, code, now), "lastState": ended if mode == "crash" else {}}


def container_state(container, mode, code, now):
    if mode in WAITING:
        reason, text = WAITING[mode]
        return {"waiting": {"reason": reason, "message": text.replace("%s", container["image"])}}
    if mode == "exit":
        return {"terminated": {"exitCode": code, "reason": "Error" if code else "Completed", "startedAt": now,
                               "finishedAt": now}}
    return {"running": {"startedAt": now}}
