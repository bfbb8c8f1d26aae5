/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_KUBE_OBJECTS_H
#define TESTS_SUPPORT_KUBE_OBJECTS_H

#include <stddef.h>

/*
 * Lists as a server answers them, of objects that have what a test is about. Name and uid
 * are the same.
 */
struct kube_object {
	const char *name;
	const char *owner;        /* uid of its controller; NULL: none                          */
	const char *phase;        /* of a pod; default "Running"                                */
	const char *ready;        /* condition Ready of a pod or node; default "True"           */
	const char *able;         /* condition ContainersReady; default as `ready`              */
	const char *node;         /* of a pod; default "n1"                                     */
	const char *deleted;      /* deletionTimestamp; NULL: it is not                         */
	const char *waits;        /* why the container of a pod does; NULL: it runs */
	const char *created;      /* creationTimestamp; default "2026-11-25T16:00:00Z"          */
	int revision;             /* of a replica set or deployment; 0: none                    */
	int replicas;             /* there should be                                            */
	int generation, observed; /* of a deployment                                       */
	int updated, available;   /* what the controller says; total is `updated`          */
	const char *labels;       /* "\"k\":\"v\""                                         */
};

/* One object, and a list of `count` with what follows the items: "\"continue\":\"t\"".
 * Static, a few are kept. */
const char *kube_deployment_json(const struct kube_object *o);
const char *kube_deployments_json(const struct kube_object *o, size_t count, const char *meta);
const char *kube_sets_json(const struct kube_object *o, size_t count);
const char *kube_pods_json(const struct kube_object *o, size_t count);
const char *kube_nodes_json(const struct kube_object *o, size_t count);

#endif
