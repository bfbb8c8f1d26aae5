/* SPDX-License-Identifier: MIT */
import orch.*;

public class Scenario {
	static {
		System.loadLibrary("orchjni");
	}

	static void show(Deployment d) {
		System.out.println(d.getName() + ": " + d.getReady() + " of " + d.getDesired() + ", " + d.getState());
	}

	public static void main(String[] args) {
		Client c = new Client(args.length > 0 ? args[0] : "");
		System.out.println("liborch " + Orch.version().replaceFirst("(\\d+\\.\\d+).*", "$1") + " on " + c.about());

		Spec web = new Spec("web", "nginx:1.27");
		web.setReplicas(3);
		web.env("LEVEL", "info");
		c.apply(web);
		show(c.wait_for("web", 60000));
		c.scale("web", 5);
		show(c.wait_for("web", 60000));

		Instances found = c.instances("web");
		Instance first = found.item(0);
		System.out.println(c.deployments("").count() + " deployment, " + found.count() + " instances, "
			+ first.getName() + " on " + first.getNode());

		try {
			c.scale("ghost", 1);
		} catch (IndexOutOfBoundsException e) {
			System.out.println("not found: " + e.getMessage() + " " + Orch.last_status());
		}
		try {
			new Client("nonsense://");
		} catch (IllegalArgumentException e) {
			System.out.println("invalid");
		}

		c.remove("web", 60000);
		System.out.println("gone: " + c.deployments("").count() + " deployments");
	}
}
