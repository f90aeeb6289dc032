/* Inventories of other clouds, and what stands above clouds: AWS, Google Cloud, Oracle, Hetzner, Proxmox, Kubernetes, Terraform and more. Each object becomes a
 * struct resource whose type is made here ("aws:ec2/instance"); data/clouds says what it is. */
#ifndef SIDELIGHT_CLOUD_FOREIGN_H
#define SIDELIGHT_CLOUD_FOREIGN_H

#include "cloud/resource.h"

/* True when the object is such a resource, or holds some. */
bool foreign_looks_like(const struct json_value *v);

/* Calls `tell` for each resource that the object holds: itself, a cluster's node pools, the instances of a Terraform resource. Strings
 * point into `v` or live in `a`. */
void foreign_read(struct arena *a, const struct catalog *c, const struct json_value *v,
                  void (*tell)(void *arg, const struct resource *r), void *arg);

/* The same for a resource of Terraform's states of before 0.12, by its name there ("aws_instance.web", "data.aws_ami.x"). */
void foreign_read_old_terraform(struct arena *a, const struct catalog *c, struct str key, const struct json_value *v,
                                void (*tell)(void *arg, const struct resource *r), void *arg);

#endif
