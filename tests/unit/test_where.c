/* Where a machine runs: a table of signs and what follows from each, and that losing one never makes bare metal of a guest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ctype.h>

#include "facts/where.h"
#include "verdict/verdict.h"

#define HEAD "# sidelight evidence 1\n"
#define X86 HEAD "-- uname Linux 6.12.1 x86_64\n"
#define ARM HEAD "-- uname Linux 6.12.1 aarch64\n" \
        "-- file /proc/cpuinfo\nprocessor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n"
#define PC(flags) "-- file /proc/cpuinfo\nprocessor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nflags\t\t: " flags "\n"
#define AMD(flags) "-- file /proc/cpuinfo\nprocessor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 1\nflags\t\t: " flags "\n"
#define HIDDEN PC("fpu vme de pse lm lahf_lm")
#define SEEN PC("fpu vme de pse lm hypervisor lahf_lm")
#define IRON PC("fpu vme de pse tm lm lahf_lm")
#define RAW "-- cpuid 0 00000001.0 00050654 00100800 7ffafbbf bfebfbff\n"
#define DMI(what, text) "-- file /sys/class/dmi/id/" what "\n" text "\n"
#define MAKER(sys, product, board, bios) DMI("sys_vendor", sys) DMI("product_name", product) DMI("board_vendor", board) DMI("bios_vendor", bios)
#define BIT(signature) "-- cpuid 0 0.0 d 756e6547 6c65746e 49656e69\n-- cpuid 0 1.0 50654 0 80000000 0\n-- cpuid 0 40000000.0 40000001 " signature "\n"
#define KVM "4b4d564b 564b4d56 0000004d"
#define NODE(whose, size) "-- file kubernetes:provider\n" whose "\n-- file kubernetes:label/node.kubernetes.io/instance-type\n" size "\n"
#define LOG(line) "-- file /dev/kmsg\n" line "\n"
#define TREE(file, text) "-- file /proc/device-tree/" file "\n" text "\n"

enum answer { NO = TRI_FALSE, MAYBE = TRI_UNKNOWN, YES = TRI_TRUE };

static const struct row {
        const char *evidence;
        enum answer guest;
        const char *hypervisor, *cloud, *container; /* NULL: none, or not known */
} rows[] = {
        /* The processor */
        { X86 BIT(KVM), YES, "KVM", NULL, NULL },
        { X86 BIT("7263694d 666f736f 76482074"), YES, "Hyper-V", NULL, NULL },
        { X86 BIT("7263694d 666f736f 76482074") "-- cpuid 0 40000100.0 40000101 " KVM "\n", YES, "KVM", NULL, NULL },
        { X86 BIT("61774d56 4d566572 65726177"), YES, "VMware", NULL, NULL },
        { X86 BIT("566e6558 65584d4d 4d4d566e"), YES, "Xen", NULL, NULL },
        { X86 BIT("54474354 43544743 47435447"), YES, "QEMU (software)", NULL, NULL },
        { X86 BIT("76796862 68622065 20657679"), YES, "bhyve", NULL, NULL },
        { X86 BIT("4e524341 4e524341 4e524341"), YES, "ACRN", NULL, NULL },
        { X86 BIT("6c707041 5a562065 00000000"), YES, "Apple Virtualization", NULL, NULL },
        { X86 BIT("44434241 48474645 4c4b4a49"), YES, "ABCDEFGHIJKL", NULL, NULL }, /* nobody knows it */
        { X86 SEEN, YES, NULL, NULL, NULL },
        { X86 HIDDEN, MAYBE, NULL, NULL, NULL },
        { X86 PC("fpu vme de pse tm lm"), MAYBE, NULL, NULL, NULL }, /* cut off before the hypervisor's word */
        { X86 IRON, NO, NULL, NULL, NULL },
        { X86 PC("fpu de tsc tm lm lahf_lm"), MAYBE, NULL, NULL, NULL }, /* old Xen shows the thermal monitor, but never VME */
        { X86 AMD("fpu vme lm lahf_lm skinit wdt"), NO, NULL, NULL, NULL },
        { X86 AMD("fpu vme lm lahf_lm hw_pstate"), NO, NULL, NULL, NULL },
        { X86 AMD("fpu vme tm lm lahf_lm"), MAYBE, NULL, NULL, NULL },
        { X86 "-- cpuid 0 0.0 d 756e6547 6c65746e 49656e69\n-- cpuid 0 1.0 50654 0 7ed8320b 20000002\n", NO, NULL, NULL, NULL },
        { HEAD PC("fpu lm") , MAYBE, NULL, NULL, NULL },
        { HEAD "-- file /proc/cpuinfo\nprocessor\t: 0\nvendor_id\t: User Mode Linux\nmodel name\t: UML\n", YES, "User-mode Linux", NULL, NULL },
        /* What Kubernetes keeps of its nodes */
        { X86 NODE("azure", "Standard_D2s_v5"), YES, "Hyper-V", "Azure", NULL },
        { X86 NODE("aws", "m5.large"), YES, "?", "Amazon EC2", NULL },
        { X86 NODE("aws", "m5.metal"), NO, NULL, "Amazon EC2", NULL },
        { X86 "-- file kubernetes:provider\naws\n", MAYBE, NULL, "Amazon EC2", NULL },
        { X86 NODE("gce", "n2-standard-2"), YES, "KVM", "Google Compute Engine", NULL },
        { X86 NODE("gce", "c3-standard-192-metal"), NO, NULL, "Google Compute Engine", NULL },
        { X86 NODE("k3s", "m5.metal"), MAYBE, NULL, NULL, NULL },
        { X86 NODE("vsphere", "x"), YES, "VMware", NULL, NULL },
        { X86 NODE("digitalocean", "s-2vcpu-4gb"), YES, "KVM", "DigitalOcean", NULL },
        { X86 NODE("hcloud", "cx22"), YES, "KVM", "Hetzner", NULL },
        { X86 NODE("linode", "g6-standard-2"), YES, "KVM", "Akamai", NULL },
        { X86 "-- file kubernetes:label/eks.amazonaws.com/compute-type\nfargate\n", MAYBE, NULL, NULL, "AWS Fargate" },
        /* The firmware, where the processor hides it */
        { X86 HIDDEN DMI("product_name", "VirtualBox"), YES, "VirtualBox", NULL, NULL },
        { X86 HIDDEN DMI("sys_vendor", "innotek GmbH"), YES, "VirtualBox", NULL, NULL },
        { X86 HIDDEN DMI("product_name", "VMware Virtual Platform"), YES, "VMware", NULL, NULL },
        { X86 HIDDEN DMI("sys_vendor", "QEMU"), YES, "QEMU", NULL, NULL },
        { X86 HIDDEN DMI("bios_vendor", "Bochs"), YES, "Bochs", NULL, NULL },
        { X86 HIDDEN DMI("sys_vendor", "Xen"), YES, "Xen", NULL, NULL },
        { X86 HIDDEN DMI("product_name", "BHYVE"), YES, "bhyve", NULL, NULL },
        { X86 HIDDEN DMI("sys_vendor", "Parallels Software International Inc."), YES, "Parallels", NULL, NULL },
        { X86 HIDDEN DMI("sys_vendor", "Red Hat"), YES, "KVM", NULL, NULL },
        { X86 HIDDEN DMI("sys_vendor", "Microsoft Corporation") DMI("product_name", "Virtual Machine"), YES, "Hyper-V", NULL, NULL },
        { X86 HIDDEN DMI("sys_vendor", "Microsoft Corporation") DMI("product_name", "Surface Pro 7"), MAYBE, NULL, NULL, NULL },
        { X86 HIDDEN "-- file /sys/firmware/dmi/entries/0-0/raw\nvirtual machine\n", YES, "?", NULL, NULL },
        { X86 HIDDEN MAKER("Dell Inc.", "XPS 13", "Dell Inc.", "Dell Inc."), NO, NULL, NULL, NULL },
        { X86 HIDDEN DMI("sys_vendor", "Dell Inc."), MAYBE, NULL, NULL, NULL },
        { X86 HIDDEN MAKER("redacted", "redacted", "redacted", "redacted"), MAYBE, NULL, NULL, NULL },
        { X86 MAKER("Dell Inc.", "XPS 13", "Dell Inc.", "Dell Inc."), MAYBE, NULL, NULL, NULL },
        { X86 BIT(KVM) MAKER("QEMU", "Standard PC (Q35 + ICH9, 2009)", "", "SeaBIOS"), YES, "KVM", NULL, NULL },
        { X86 BIT(KVM) DMI("product_name", "VirtualBox"), YES, "VirtualBox", NULL, NULL }, /* KVM's face is one of its faces */
        { X86 IRON DMI("sys_vendor", "QEMU"), MAYBE, "QEMU", NULL, NULL }, /* both cannot be true */
        /* Devices, the log, Xen */
        { X86 HIDDEN "-- file /proc/bus/pci/devices\n80eebeef\n", YES, "VirtualBox", NULL, NULL },
        { X86 HIDDEN "-- file /proc/bus/pci/devices\n58530001\n", YES, "Xen", NULL, NULL },
        { X86 HIDDEN LOG("Hypervisor detected: KVM"), YES, "KVM", NULL, NULL },
        { X86 HIDDEN LOG("Hypervisor detected: Microsoft Hyper-V"), YES, "Hyper-V", NULL, NULL },
        { X86 HIDDEN LOG("Hypervisor detected: Tomorrow"), YES, "?", NULL, NULL },
        { X86 HIDDEN LOG("Booting paravirtualized kernel on Xen"), YES, "Xen", NULL, NULL },
        { X86 HIDDEN LOG("Booting paravirtualized kernel on bare hardware"), MAYBE, NULL, NULL, NULL },
        { X86 HIDDEN "-- file /sys/hypervisor/type\nxen\n", YES, "Xen", NULL, NULL },
        { X86 SEEN "-- file /sys/hypervisor/type\nxen\n-- file /proc/xen/capabilities\ncontrol_d\n", NO, "Xen", NULL, NULL },
        { X86 SEEN "-- file /sys/hypervisor/type\nxen\n-- file /proc/xen/capabilities\n\n", YES, "Xen", NULL, NULL },
        /* A processor that cannot fault on CPUID knows nothing of the Xen below its paravirtualised kernels */
        { X86 RAW SEEN "-- file /sys/hypervisor/type\nxen\n-- file /proc/xen/capabilities\ncontrol_d\n", NO, "Xen", NULL, NULL },
        { X86 RAW SEEN "-- file /proc/xen/capabilities\ncontrol_d\n" MAKER("Dell Inc.", "R6515", "Dell Inc.", "Dell Inc."), NO, "Xen", NULL, NULL },
        { X86 RAW SEEN "-- file /sys/hypervisor/type\nxen\n-- file /proc/xen/capabilities\n\n", YES, "Xen", NULL, NULL },
        { X86 RAW SEEN, MAYBE, NULL, NULL, NULL },
        { X86 SEEN "-- file /sys/hypervisor/type\nxen\n-- file /sys/hypervisor/properties/features\n00002b75\n", NO, "Xen", NULL, NULL },
        { X86 SEEN "-- file /sys/hypervisor/type\nxen\n-- file /sys/hypervisor/properties/features\n0x800\n", NO, "Xen", NULL, NULL },
        { X86 SEEN "-- file /sys/hypervisor/type\nxen\n-- file /sys/hypervisor/properties/features\n00002375\n", YES, "Xen", NULL, NULL },
        { X86 SEEN "-- file /sys/hypervisor/type\nxen\n-- file /sys/hypervisor/properties/features\nmany\n", YES, "Xen", NULL, NULL },
        { X86 "-- claim guest no\n", NO, NULL, NULL, NULL },
        { X86 "-- claim guest KVM\n", YES, "KVM", NULL, NULL },
        /* Arm: no word of the processor tells */
        { ARM, MAYBE, NULL, NULL, NULL },
        { ARM DMI("sys_vendor", "QEMU"), YES, "QEMU", NULL, NULL },
        { ARM DMI("sys_vendor", "Amazon EC2") DMI("product_name", "m6g.large"), YES, "Nitro", "Amazon EC2", NULL },
        { ARM DMI("sys_vendor", "Amazon EC2") DMI("product_name", "redacted"), YES, "Nitro", "Amazon EC2", NULL },
        { ARM DMI("sys_vendor", "Amazon EC2"), MAYBE, NULL, "Amazon EC2", NULL },
        { ARM DMI("sys_vendor", "Amazon EC2") DMI("product_name", "m6g.metal"), NO, NULL, "Amazon EC2", NULL },
        { ARM DMI("product_name", "Google Compute Engine"), YES, "KVM", "Google Compute Engine", NULL },
        { ARM DMI("sys_vendor", "Microsoft Corporation") DMI("product_name", "Virtual Machine")
          DMI("chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77"), YES, "Hyper-V", "Azure", NULL },
        { ARM DMI("sys_vendor", "Hetzner") DMI("product_name", "vServer"), YES, "KVM", "Hetzner", NULL },
        { ARM DMI("sys_vendor", "hEtzner") DMI("product_name", "VSERVER"), YES, "KVM", "Hetzner", NULL },
        { ARM DMI("sys_vendor", "Microsoft CORPORATION") DMI("product_name", "VIRTUAL machine"), YES, "Hyper-V", NULL, NULL },
        { ARM DMI("sys_vendor", "AMAZON ec2") DMI("product_name", "m6g.METAL"), NO, NULL, "Amazon EC2", NULL },
        { ARM DMI("product_name", "Apple Virtualization Generic Platform"), YES, "Apple Virtualization", NULL, NULL },
        { ARM MAKER("Ampere(R)", "Mt. Jade Platform", "Ampere(R)", "Ampere(R)"), NO, NULL, NULL, NULL },
        { ARM TREE("hypervisor/compatible", "linux,kvm"), YES, "KVM", NULL, NULL },
        { ARM TREE("hypervisor/compatible", "xen,xen-4.17\nxen,xen"), YES, "Xen", NULL, NULL },
        { ARM TREE("hypervisor/compatible", "somebody,else"), YES, "?", NULL, NULL },
        { ARM TREE("compatible", "linux,dummy-virt"), YES, "KVM or QEMU", NULL, NULL },
        { ARM TREE("compatible", "raspberrypi,4-model-b\nbrcm,bcm2711") "-- absent /proc/device-tree/hypervisor/compatible\n", NO, NULL, NULL, NULL },
        { ARM TREE("compatible", "raspberrypi,4-model-b\nbrcm,bcm2711"), MAYBE, NULL, NULL, NULL },
        /* IBM Z, POWER, SPARC, RISC-V */
        { HEAD "-- uname Linux 6.1.0 s390x\n-- file /proc/sysinfo\nVM00 Control Program: KVM/Linux\nLPAR Number: 1\n", YES, "KVM", NULL, NULL },
        { HEAD "-- uname Linux 6.1.0 s390x\n-- file /proc/sysinfo\nVM00 Control Program: z/VM    5.4.0\nLPAR Number: 1\n", YES, "z/VM", NULL, NULL },
        { HEAD "-- uname Linux 6.1.0 s390x\n-- file /proc/sysinfo\nLPAR Number: 12\n", YES, "IBM PR/SM", NULL, NULL },
        { HEAD "-- uname Linux 6.1.0 s390x\n", MAYBE, NULL, NULL, NULL },
        { HEAD "-- uname Linux 6.1.0 ppc64le\n" TREE("ibm,partition-name", "") TREE("hmc-managed?", ""), YES, "PowerVM", NULL, NULL },
        { HEAD "-- file /proc/cpuinfo\nprocessor\t: 0\ncpu\t\t: POWER9\nplatform\t: PowerNV\n", NO, NULL, NULL, NULL },
        { HEAD "-- file /proc/cpuinfo\nprocessor\t: 0\ncpu\t\t: POWER9\nplatform\t: pSeries\nmachine\t: CHRP IBM pSeries (emulated by qemu)\n", YES, "KVM", NULL, NULL },
        { HEAD "-- file /proc/cpuinfo\ncpu\t\t: UltraSparc T5 (Niagara5)\ntype\t\t: sun4v\n", YES, "Oracle VM for SPARC", NULL, NULL },
        { HEAD "-- uname Linux 6.1.0 riscv64\n" TREE("compatible", "riscv-virtio"), YES, "QEMU or KVM", NULL, NULL },
        /* Clouds on PCs: the processor says guest, the firmware whose */
        { X86 BIT(KVM) DMI("sys_vendor", "Amazon EC2") DMI("product_name", "c5.large"), YES, "KVM", "Amazon EC2", NULL },
        { X86 IRON DMI("sys_vendor", "Amazon EC2") DMI("product_name", "m5.metal"), NO, NULL, "Amazon EC2", NULL },
        { X86 IRON DMI("product_name", "Google Compute Engine"), NO, NULL, "Google Compute Engine", NULL },
        { X86 BIT(KVM) DMI("chassis_asset_tag", "OracleCloud.com"), YES, "KVM", "Oracle Cloud", NULL },
        { X86 BIT(KVM) DMI("product_name", "Alibaba Cloud ECS"), YES, "KVM", "Alibaba Cloud", NULL },
        { X86 BIT(KVM) DMI("sys_vendor", "DigitalOcean"), YES, "KVM", "DigitalOcean", NULL },
        /* Containers */
        { X86 SEEN "-- file /run/systemd/container\nsystemd-nspawn\n", YES, NULL, NULL, "systemd-nspawn" },
        { X86 SEEN "-- file /proc/1/environ\ncontainer=lxc\n", YES, NULL, NULL, "LXC" },
        { X86 SEEN "-- file /run/.containerenv\n\n", YES, NULL, NULL, "Podman" },
        { X86 SEEN "-- file /.dockerenv\n\n", YES, NULL, NULL, "Docker" },
        { X86 SEEN "-- file /.dockerenv\n\n-- file /proc/self/mountinfo\noverlay\n", YES, NULL, NULL, "Docker" },
        { X86 SEEN "-- file /.dockerenv\n\n-- file /proc/self/mountinfo\next4\n", YES, NULL, NULL, NULL }, /* a machine made of an image */
        { X86 IRON "-- file /proc/1/cgroup\n0::/kubepods.slice/x\n", NO, NULL, NULL, "Kubernetes" },
        { X86 IRON "-- file /proc/vz\n\n-- absent /proc/bc\n", NO, NULL, NULL, "OpenVZ" },
        { X86 IRON "-- file /proc/vz\n\n-- file /proc/bc\n\n", NO, NULL, NULL, NULL },
        { HEAD "-- uname Linux 5.15.167.4-microsoft-standard-WSL2 x86_64\n" SEEN, YES, "Hyper-V", NULL, "WSL2" },
        { HEAD "-- uname Linux 4.4.0-19041-Microsoft x86_64\n" IRON, NO, NULL, NULL, "WSL1" },
        /* The rest of the log's words, of Xen's files and of devices */
        { X86 HIDDEN LOG("Hypervisor detected: VMware"), YES, "VMware", NULL, NULL },
        { X86 HIDDEN LOG("Hypervisor detected: Xen PV"), YES, "Xen", NULL, NULL },
        { X86 HIDDEN LOG("Hypervisor detected: Xen HVM"), YES, "Xen", NULL, NULL },
        { X86 HIDDEN LOG("Hypervisor detected: ACRN"), YES, "ACRN", NULL, NULL },
        { X86 HIDDEN LOG("Hypervisor detected: Bhyve"), YES, "bhyve", NULL, NULL },
        { X86 HIDDEN LOG("Hypervisor detected: Jailhouse"), YES, "Jailhouse", NULL, NULL },
        { X86 HIDDEN LOG("Hypervisor detected: PVM"), YES, "PVM", NULL, NULL },
        { X86 HIDDEN LOG("Booting paravirtualized kernel on KVM"), YES, "KVM", NULL, NULL },
        { X86 HIDDEN LOG("Booting paravirtualized kernel on VMware"), YES, "VMware", NULL, NULL },
        { X86 HIDDEN LOG("Booting paravirtualized kernel on Hyper-V"), YES, "Hyper-V", NULL, NULL },
        { X86 HIDDEN LOG("kvm-clock: cpu 1, msr 60aa01041, secondary cpu clock"), YES, "KVM", NULL, NULL },
        { X86 HIDDEN LOG("kvm-guest: stealtime: cpu 1, msr 809a6d080"), YES, "KVM", NULL, NULL },
        { X86 HIDDEN LOG("Hyper-V: Using IPI hypercalls"), YES, "Hyper-V", NULL, NULL },
        { X86 HIDDEN LOG("Performance Events: PMU not available due to virtualization, using software events only."), YES, "?", NULL, NULL },
        { X86 "-- file /proc/cpuinfo\nprocessor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Intel Xeon E312xx (Sandy Bridge)\n", YES, "KVM", NULL,
          NULL },
        { X86 HIDDEN "-- file /sys/hypervisor/guest_type\nPVH\n", YES, "Xen", NULL, NULL },
        { X86 HIDDEN "-- file /proc/bus/pci/devices\n15ad0405\n", YES, "VMware", NULL, NULL },
        { HEAD "-- file /proc/cpuinfo\nprocessor\t: 0\nvendor_id\t: PowerVM Lx86\nflags\t\t: fpu\n", YES, "PowerVM Lx86", NULL, NULL },
        { X86 HIDDEN DMI("sys_vendor", "Nutanix") DMI("product_name", "NX-3060"), MAYBE, NULL, NULL, NULL }, /* one of its own machines */
        { X86 HIDDEN DMI("sys_vendor", "Nutanix") DMI("product_name", "Guest"), YES, "KVM", NULL, NULL },
        /* The rest of the device tree's */
        { ARM TREE("hypervisor/compatible", "vmware"), YES, "VMware", NULL, NULL },
        { ARM TREE("compatible", "xen,xenvm-4.17\nxen,xenvm"), YES, "Xen", NULL, NULL },
        { ARM TREE("fw-cfg/compatible", "qemu,fw-cfg-mmio"), YES, "QEMU", NULL, NULL },
        { HEAD "-- uname Linux 6.1.0 ppc64le\n" TREE("compatible", "qemu,pseries"), YES, "KVM", NULL, NULL },
        { HEAD "-- uname Linux 6.1.0 ppc64le\n-- file /proc/ppc64/lparcfg\n\n", YES, "PowerVM", NULL, NULL },
        /* The rest of the containers' */
        { X86 SEEN LOG("Starting gVisor..."), YES, NULL, NULL, "gVisor" },
        { X86 SEEN "-- file /run/systemd/container\ndocker\n", YES, NULL, NULL, "Docker" },
        { X86 SEEN "-- file /run/systemd/container\npodman\n", YES, NULL, NULL, "Podman" },
        { X86 SEEN "-- file /run/systemd/container\nlxc\n", YES, NULL, NULL, "LXC" },
        { X86 SEEN "-- file /run/systemd/container\nwsl\n", YES, NULL, NULL, "WSL2" },
        { X86 SEEN "-- file /run/systemd/container\noci\n", YES, NULL, NULL, "an OCI runtime" },
        { ARM "-- file /run/systemd/container\nrkt\n", MAYBE, NULL, NULL, "an unnamed runtime" },
        { X86 SEEN "-- file /proc/1/environ\ncontainer=docker\n", YES, NULL, NULL, "Docker" },
        { X86 SEEN "-- file /proc/1/environ\ncontainer=podman\n", YES, NULL, NULL, "Podman" },
        { X86 SEEN "-- file /proc/1/environ\ncontainer=systemd-nspawn\n", YES, NULL, NULL, "systemd-nspawn" },
        { ARM "-- file /proc/1/environ\ncontainer=oci\n", MAYBE, NULL, NULL, "an unnamed runtime" },
        { ARM "-- file /proc/self/cgroup\nkubepods\n", MAYBE, NULL, NULL, "Kubernetes" },
        { ARM "-- file /proc/1/cgroup\n/libpod\n", MAYBE, NULL, NULL, "Podman" },
        { ARM "-- file /proc/1/cgroup\n/docker\n", MAYBE, NULL, NULL, "Docker" },
        { ARM "-- file /proc/self/cgroup\n/libpod-\n", MAYBE, NULL, NULL, "Podman" },
        { ARM "-- file /proc/self/cgroup\n/docker/\n", MAYBE, NULL, NULL, "Docker" },
        { ARM "-- file /proc/1/cgroup\nlxc.payload\n", MAYBE, NULL, NULL, "LXC" },
        /* Azure by what else tells it */
        { HEAD "-- uname Windows 10.0.20348 x86_64\n-- win32 chassis-asset-tag 7783-7084-3265-9085-8269-3286-77\n", MAYBE, NULL, "Azure", NULL },
        { X86 SEEN "-- file http://169.254.169.254/metadata/instance/compute/provider\nMicrosoft.Compute\n", YES, NULL, "Azure", NULL },
};

/* What firmware says is the same on PCs and on Arm. */
static const struct {
        const char *what, *text, *hypervisor, *cloud;
} firmware[] = {
        { "bios_vendor", "Amazon EC2", NULL, "Amazon EC2" },
        { "bios_vendor", "innotek GmbH", "VirtualBox", NULL },      { "board_name", "VirtualBox", "VirtualBox", NULL },
        { "product_name", "Parallels ARM Virtual Machine", "Parallels", NULL }, { "sys_vendor", "Apple Virtualization", "Apple Virtualization", NULL },
        { "product_name", "KVM Virtual Machine", "KVM", NULL },     { "product_name", "OpenStack Nova", "KVM", "OpenStack" },
        { "product_name", "AHV", "KVM", NULL },                     { "product_name", "KubeVirt", "KVM", NULL },
        { "sys_vendor", "oVirt", "KVM", NULL },                     { "product_name", "RHEV Hypervisor", "KVM", NULL },
        { "product_name", "oVirt Node", "KVM", NULL },              { "bios_vendor", "KVM", "KVM", NULL },
        { "sys_vendor", "OpenStack Foundation", "KVM", "OpenStack" }, { "sys_vendor", "VMware, Inc.", "VMware", NULL },
        { "product_name", "VMware20,1", "VMware", NULL },           { "bios_vendor", "VMW201.00V", "VMware", NULL },
        { "product_version", "Hyper-V UEFI Release v4.1", "Hyper-V", NULL }, { "product_name", "HVM domU", "Xen", NULL },
        { "bios_vendor", "Xen", "Xen", NULL },                      { "sys_vendor", "FreeBSD", "bhyve", NULL },
        { "bios_vendor", "BHYVE", "bhyve", NULL },                  { "sys_vendor", "Bochs", "Bochs", NULL },
        { "product_name", "QEMU Virtual Machine", "QEMU", NULL },   { "bios_vendor", "QEMU", "QEMU", NULL },
        { "product_name", "Amazon EC2 t3", NULL, "Amazon EC2" },    { "bios_version", "4.11.amazon", NULL, "Amazon EC2" },
        { "chassis_asset_tag", "Amazon EC2", NULL, "Amazon EC2" },  { "sys_vendor", "Alibaba Cloud", NULL, "Alibaba Cloud" },
        { "sys_vendor", "Vultr", NULL, "Vultr" },                   { "sys_vendor", "UpCloud", NULL, "UpCloud" },
        { "sys_vendor", "Akamai", NULL, "Akamai" },                 { "sys_vendor", "Linode", NULL, "Akamai" },
        { "sys_vendor", "Scaleway", NULL, "Scaleway" },             { "sys_vendor", "Exoscale", NULL, "Exoscale" },
        { "product_name", "Exoscale Compute Platform", NULL, "Exoscale" }, { "sys_vendor", "Tencent Cloud", NULL, "Tencent Cloud" },
        { "sys_vendor", "Huawei Cloud", NULL, "Huawei Cloud" },     { "chassis_asset_tag", "HUAWEICLOUD", NULL, "Huawei Cloud" },
        { "chassis_asset_tag", "OpenTelekomCloud", NULL, "Open Telekom Cloud" },
        { "chassis_asset_tag", "SAP CCloud VM", NULL, "SAP Converged Cloud" },
        { "chassis_asset_tag", "Samsung Cloud Platform", NULL, "Samsung Cloud Platform" },
        { "chassis_asset_tag", "OracleCloud.com", NULL, "Oracle Cloud" },
        { "chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77", NULL, "Azure" }, { "sys_vendor", "DigitalOcean", NULL, "DigitalOcean" },
        { "product_name", "Alibaba Cloud ECS", NULL, "Alibaba Cloud" },
};

/* CPUID 0x40000000, as the twelve letters that it holds. */
static const struct {
        const char *letters, *hypervisor;
} signatures[] = {
        { "prl hyperv  ", "Parallels" },   { "VBoxVBoxVBox", "VirtualBox" },          { "QNXQVMBSQG  ", "QNX" },
        { "NVMMNVMMNVMM", "NVMM" },        { "SRESRESRESRE", "Lockheed Martin LMHS" }, { "LKVMLKVMLKVM", "KVM (kvmtool)" },
        { "OpenBSDVMM58", "OpenBSD vmm" }, { "EVMMEVMMEVMM", "Intel KGT" },           { "UnisysSpar64", "Unisys s-Par" },
        { "Jailhouse   ", "Jailhouse" },   { "Linux KVM Hv", "KVM" },                 { "ACRNACRNACRN", "ACRN" },
};

static void judge(struct arena *a, const struct evidence *e, struct verdict *ret) {
        const struct verdict_options o = { .only = catalog_flaw(&catalog_builtin, S("meltdown")) };

        verdict_judge(ret, a, &catalog_builtin, e, &o);
}

static void read_row(struct arena *a, const char *text, struct evidence *ret) {
        struct diag d = { 0 };

        if (evidence_parse(ret, a, S("x"), str_of(text), &d) < 0)
                fail_msg("%s", d.text);
}

static bool is_text(struct str got, const char *wanted) {
        return wanted ? str_eq(got, str_of(wanted)) : got.len == 0;
}

static bool all_shown[512]; /* signs that were shown by anything */

static void note_shown(const struct verdict *r) {
        for (uint32_t k = 0; k < catalog_builtin.where_sign_count; k++)
                all_shown[k] |= where_shown(r->facts, &catalog_builtin.where_signs[k]);
}

static void test_firmware(void **state) {
        (void)state;
        for (size_t i = 0; i < 2 * sizeof(firmware) / sizeof(firmware[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                const size_t row = i / 2;
                struct str text = str_fmt(&a, "%s-- file /sys/class/dmi/id/%s\n%s\n", i % 2 ? X86 HIDDEN : ARM, firmware[row].what, firmware[row].text);
                struct evidence e;
                struct verdict r;

                read_row(&a, str_to_c(&a, text), &e);
                judge(&a, &e, &r);
                note_shown(&r);
                if ((r.machine.guest == TRI_TRUE) != (firmware[row].hypervisor != NULL) || r.machine.guest == TRI_FALSE ||
                    !is_text(r.machine.hypervisor, firmware[row].hypervisor) || !is_text(r.machine.cloud, firmware[row].cloud))
                        fail_msg("%s '%s': %.*s", firmware[row].what, firmware[row].text, STR_ARG(r.machine.where));
        }
}

static void test_signatures(void **state) {
        (void)state;
        for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                uint32_t w[4] = { 0x40000001 };
                struct evidence e;
                struct verdict r;

                for (int k = 0; k < 12; k++)
                        w[1 + k / 4] |= (uint32_t)(unsigned char)signatures[i].letters[k] << (8 * (k % 4));
                read_row(&a, X86 "-- cpuid 0 0.0 d 756e6547 6c65746e 49656e69\n-- cpuid 0 1.0 50654 0 80000000 0\n", &e);
                evidence_add_cpuid(&e, 0, 0x40000000, 0, w);
                judge(&a, &e, &r);
                note_shown(&r);
                if (r.machine.guest != TRI_TRUE || !is_text(r.machine.hypervisor, signatures[i].hypervisor))
                        fail_msg("%s: %.*s", signatures[i].letters, STR_ARG(r.machine.where));
        }
}

static void test_signs(void **state) {
        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct evidence e;
                struct verdict r;

                read_row(&a, rows[i].evidence, &e);
                judge(&a, &e, &r);
                note_shown(&r);
                if ((int)r.machine.guest != (int)rows[i].guest || !is_text(r.machine.hypervisor, rows[i].hypervisor) ||
                    !is_text(r.machine.cloud, rows[i].cloud) || !is_text(r.machine.container, rows[i].container))
                        fail_msg("%s\nguest %d, under '%.*s', cloud '%.*s', container '%.*s': %.*s", rows[i].evidence, (int)r.machine.guest,
                                 STR_ARG(r.machine.hypervisor), STR_ARG(r.machine.cloud), STR_ARG(r.machine.container), STR_ARG(r.machine.where));
        }
}

/* Every sign of data/where.yaml spoke in some row above. */
/* Who hides a machine changes the letters' case: the firmware's names, all small or all capital, say the same; bare metal may become unknown. */
static void test_case(void **state) {
        int changed = 0;

        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
                for (int upper = 0; upper < 2; upper++) {
                        ARENA_AUTO struct arena a = { 0 };
                        struct str text = str_dup(&a, str_of(rows[i].evidence)), rest = text, line;
                        struct evidence e;
                        struct verdict r;
                        bool dmi = false;

                        while (str_line(&rest, &line)) {
                                char *p = (char *)(uintptr_t)line.p;

                                dmi = dmi && !str_eq(line, S("redacted")); /* our own word */
                                for (ptrdiff_t k = 0; dmi && k < line.len; k++)
                                        p[k] = (char)(upper ? toupper((unsigned char)p[k]) : tolower((unsigned char)p[k]));
                                changed += dmi;
                                dmi = str_starts(line, S("-- file /sys/class/dmi/"));
                        }
                        read_row(&a, str_to_c(&a, text), &e);
                        judge(&a, &e, &r);
                        if (((int)r.machine.guest != (int)rows[i].guest && !(rows[i].guest == NO && r.machine.guest == TRI_UNKNOWN)) || !is_text(r.machine.hypervisor, rows[i].hypervisor) ||
                            !is_text(r.machine.cloud, rows[i].cloud))
                                fail_msg("%.*s\nguest %d, under '%.*s', cloud '%.*s': %.*s", STR_ARG(text), (int)r.machine.guest,
                                         STR_ARG(r.machine.hypervisor), STR_ARG(r.machine.cloud), STR_ARG(r.machine.where));
                }
        assert_true(changed > 100);
}

static void test_every_sign_is_shown(void **state) {
        uint32_t missing = 0;

        (void)state;
        assert_true(catalog_builtin.where_sign_count <= sizeof(all_shown));
        for (uint32_t k = 0; k < catalog_builtin.where_sign_count; k++) {
                const struct where_sign *s = &catalog_builtin.where_signs[k];
                struct str names = s->guest.len ? T(s->guest) : s->owner.len ? T(s->owner) : s->cloud.len ? T(s->cloud) : T(s->container);

                if (!all_shown[k])
                        print_error("no row shows sign %u: %.*s, %.*s\n", (unsigned)k, STR_ARG(T(catalog_builtin.facts[s->fact].name)), STR_ARG(names));
                missing += !all_shown[k];
        }
        assert_int_equal(missing, 0);
}

/* Sources that contradict each other: the one that is left is believed. */
static bool is_disputed(const struct verdict *r) {
        for (uint32_t i = 0; i < r->machine.notes.count; i++)
                if (str_find(r->machine.notes.items[i], S("not clear whether")) >= 0)
                        return true;
        return false;
}

/* Without any one record a guest, or a machine of which that is not known, never becomes bare metal. */
static void test_records_taken_away(void **state) {
        (void)state;
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                struct evidence e;
                struct verdict whole, less;

                read_row(&a, rows[i].evidence, &e);
                judge(&a, &e, &whole);
                for (ptrdiff_t k = 0; k < e.count; k++) {
                        struct record kept = e.items[k];

                        e.items[k].kind = RECORD_META;
                        evidence_index(&e);
                        judge(&a, &e, &less);
                        if (whole.machine.guest != TRI_FALSE && less.machine.guest == TRI_FALSE && !is_disputed(&whole))
                                fail_msg("%s\nwithout record %td: %.*s", rows[i].evidence, k, STR_ARG(less.machine.where));
                        e.items[k] = kept;
                        evidence_index(&e);
                }
        }
}

static void test_disagreement_is_told(void **state) {
        ARENA_AUTO struct arena a = { 0 };
        struct evidence e;
        struct verdict r;

        (void)state;
        read_row(&a, X86 BIT("76796862 68622065 20657679") LOG("Hypervisor detected: PVM"), &e);
        judge(&a, &e, &r);
        assert_true(str_eq(r.machine.hypervisor, S("bhyve")));
        assert_int_equal(r.machine.notes.count, 1);
        assert_true(str_eq(r.machine.notes.items[0],
                           S("the signs of the hypervisor disagree: CPUID 0x40000000 says bhyve, /dev/kmsg says PVM")));
}

/* What the firmware and the log say of a guest whose processor hides the hypervisor: without any one record no verdict changes but to
 * unknown. */
static void test_verdicts_of_a_hidden_guest(void **state) {
        static const char *const texts[] = {
                X86 HIDDEN MAKER("innotek GmbH", "VirtualBox", "Oracle Corporation", "innotek GmbH") "-- file /proc/bus/pci/devices\n80eebeef\n",
                X86 HIDDEN MAKER("VMware, Inc.", "VMware Virtual Platform", "Intel Corporation", "Phoenix Technologies LTD")
                LOG("Hypervisor detected: VMware") "-- file /sys/devices/system/cpu/vulnerabilities/mds\nVulnerable: Clear CPU buffers attempted, no microcode\n",
                ARM MAKER("QEMU", "QEMU Virtual Machine", "", "EDK II") "-- file /sys/devices/system/cpu/vulnerabilities/spectre_v2\nVulnerable\n",
        };

        (void)state;
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
                ARENA_AUTO struct arena a = { 0 };
                const struct verdict_options o = { 0 };
                struct evidence e;
                struct verdict whole, less;

                read_row(&a, texts[i], &e);
                verdict_judge(&whole, &a, &catalog_builtin, &e, &o);
                assert_int_equal(whole.machine.guest, TRI_TRUE);
                for (ptrdiff_t k = 0; k < e.count; k++) {
                        struct record kept = e.items[k];

                        e.items[k].kind = RECORD_META;
                        evidence_index(&e);
                        verdict_judge(&less, &a, &catalog_builtin, &e, &o);
                        for (uint32_t n = 0; n < whole.finding_count; n++)
                                if (less.findings[n].status != STATUS_UNKNOWN && less.findings[n].status != whole.findings[n].status)
                                        fail_msg("%s\nwithout record %td %.*s is %.*s", texts[i], k, STR_ARG(T(whole.findings[n].flaw->id)),
                                                 STR_ARG(status_word(less.findings[n].status)));
                        e.items[k] = kept;
                        evidence_index(&e);
                }
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_signs),
                cmocka_unit_test(test_case),
                cmocka_unit_test(test_firmware),
                cmocka_unit_test(test_signatures),
                cmocka_unit_test(test_every_sign_is_shown),
                cmocka_unit_test(test_records_taken_away),
                cmocka_unit_test(test_disagreement_is_told),
                cmocka_unit_test(test_verdicts_of_a_hidden_guest),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
