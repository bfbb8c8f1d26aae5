# SPDX-License-Identifier: MIT
"""Run three copies of an image, make them five, list them, and clean up.

    python3 deploy.py [URL [IMAGE]]     for example   deploy.py sim://   deploy.py swarm://manager

Without a URL: $ORCH_URL, else what the environment says."""
import sys

import orch


def show(d: orch.Deployment) -> None:
    print(f"{d.ready} of {d.desired} are ready")


def main(url: str | None = None, image: str = "nginx:1.27") -> None:
    with orch.connect(url) as c:
        c.deployments.apply(name="web", image=image, replicas=3, wait=True, progress=show)
        c.deployments.scale("web", 5, wait=True, progress=show)
        for i in c.instances.list("web"):
            print(f"{i.name} runs on {i.node}")
        c.deployments.delete("web", wait=True)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except orch.OrchError as error:
        sys.exit(f"deploy: {error}")
