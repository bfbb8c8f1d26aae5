# SPDX-License-Identifier: MIT
"""A day of a deployment: it comes up, grows, is updated one instance after another, gets a broken update, is mended,
survives the loss of a node, goes.

    python3 demo.py [URL [IMAGE [ARGUMENT...]]]     by default sim://?speed=5 nginx:1.27

The loss of a node is left out where the orchestrator is a real one."""
import sys

import orch
import orch.sim


def show(d: orch.Deployment) -> None:
    """ "[###-...]": ready, on its way, to come."""
    bar = "".join("#" if i < d.ready else "-" if i < d.total else "." for i in range(d.desired))
    print(f"   [{bar}]  {d.ready} of {d.desired} ready, {d.updated} of the present spec", flush=True)


class Demo:
    def __init__(self, client: orch.Client, image: str, args: list[str]) -> None:
        self.client, self.image, self.args = client, image, args

    def apply(self, image: str, version: str, replicas: int | None = None) -> None:
        """The version is a variable, so that any image will do."""
        self.client.deployments.apply(
            name="web", image=image, args=self.args or None, env={"VERSION": version}, replicas=replicas,
            wait=True, progress=show)

    def list(self) -> None:
        for i in self.client.instances.list("web"):
            state = "ready" if i.ready else i.state.name.lower()
            print(f"   {i.name} on {i.node} is {state}" + (i.message and f": {i.message}"))

    def come_up(self) -> None:
        print("\n== Deploy web: three instances")
        self.apply(self.image, "1", 3)

    def grow(self) -> None:
        print("\n== Make them six")
        self.client.deployments.scale("web", 6, wait=True, progress=show)
        self.list()

    def update(self) -> None:
        print("\n== Update it: one instance after another, while the others serve")
        self.apply(self.image, "2")

    def update_badly(self) -> None:
        """The error says why; what served before goes on serving."""
        print("\n== Update it to an image that does not exist")
        try:
            self.apply("registry.invalid/web:3", "3")
        except orch.RolloutFailed as error:
            print(f"   error: {error}\n   cause: {error.reason}")
        self.list()

    def go_back(self) -> None:
        print("\n== Go back: only what was touched is replaced")
        self.apply(self.image, "2")

    def lose_a_node(self) -> None:
        try:
            world = orch.sim.of_client(self.client)
        except orch.Unsupported:
            return
        print("\n== node-2 stops answering: after a while others take over")
        world.fail_node("node-2")
        world.advance(15)
        self.client.deployments.wait("web", progress=show)
        self.list()
        world.recover_node("node-2")

    def clean_up(self) -> None:
        print("\n== Delete it, and wait until the last instance is gone")
        self.client.deployments.delete("web", wait=True)
        print("   gone")


def main(url: str = "sim://?speed=5", image: str = "nginx:1.27", *args: str) -> None:
    with orch.connect(url) as client:
        demo = Demo(client, image, list(args))
        for act in (demo.come_up, demo.grow, demo.update, demo.update_badly, demo.go_back, demo.lose_a_node, demo.clean_up):
            act()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except orch.OrchError as error:
        sys.exit(f"demo: {error}")
