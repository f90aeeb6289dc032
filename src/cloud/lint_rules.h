/* The rules of `sidelight cloud-service lint`: the only list of them. */
#ifndef SIDELIGHT_CLOUD_LINT_RULES_H
#define SIDELIGHT_CLOUD_LINT_RULES_H

#include "cloud/remark.h"

#define LINT_SCHEMA_CSCFG "azure-docs: cloud-services/schema-cscfg-file"
#define LINT_SCHEMA_CSDEF "azure-docs: cloud-services/schema-csdef-webrole"
#define LINT_TASKS "azure-docs: cloud-services/cloud-services-startup-tasks"
#define LINT_MATRIX "azure-docs: cloud-services/cloud-services-guestos-update-matrix"
#define LINT_GUIDANCE "azure-docs: includes/virtual-machines-common-mitigate-se"
#define LINT_KB "KB4072698"

/* X(name, id, level, title, why, fix, statements, source) */
#define LINT_RULES(X) \
        X(FAMILY_MISSING, "os-family-missing", ERROR, "osFamily is not set", \
          "without it the platform chooses: family 1 (Windows Server 2008, retired, never fixed) by the " \
          "schema's default, 5 by a page of 2024", "set osFamily to a supported family", "G5 G15", LINT_SCHEMA_CSCFG) \
        X(FAMILY_UNKNOWN, "os-family-unknown", WARNING, "osFamily is not a family that is known here", \
          "it is not known whether its guest OS has the fixes", "set osFamily to a supported family", "G5 G15", \
          LINT_MATRIX) \
        X(FAMILY_RETIRED, "os-family-retired", ERROR, "the guest OS family is retired", \
          "a retired family gets no security updates any more", "set osFamily to a supported family", "G5", \
          LINT_MATRIX) \
        X(GUEST_OS_NAME, "guest-os-name", ERROR, "osVersion is not the name of a guest OS", \
          "a deployment with it fails, or runs something other than intended", \
          "set osVersion to \"*\", or to a name like WA-GUEST-OS-5.15_201801-01", "G5 G15", LINT_MATRIX) \
        X(GUEST_OS_FAMILY, "guest-os-family", ERROR, "osVersion and osFamily name different families", \
          "only one of the two can be meant", "make them agree, or set osVersion to \"*\"", "G5", LINT_MATRIX) \
        X(GUEST_OS_UNFIXED, "guest-os-unfixed", ERROR, "the guest OS is older than the fixes of January 2018", \
          "the role's operating system stays open to Meltdown and Spectre, whatever its settings", \
          "set osVersion to \"*\", or to the newest release of the family", "G5 G15", LINT_MATRIX) \
        X(GUEST_OS_UNPROVED, "guest-os-unproved", WARNING, "whether the guest OS has the fixes is not published", \
          "no release of the family is known to be the first with the fixes", \
          "move to a family whose first fixed release is known (4 and later), with osVersion \"*\"", "G5 G15", \
          LINT_MATRIX) \
        X(GUEST_OS_UNLISTED, "guest-os-unlisted", WARNING, "the guest OS is not a published release", \
          "a name that does not exist cannot be deployed; one newer than this list cannot be judged", \
          "check the name against the published list, or set osVersion to \"*\"", "G5 G15", LINT_MATRIX) \
        X(GUEST_OS_EARLY, "guest-os-early", WARNING, "the guest OS was not out on the day that is judged", \
          "it could not be deployed then", "set osVersion to \"*\"", "G5", LINT_MATRIX) \
        X(GUEST_OS_DISABLED, "guest-os-disabled", WARNING, "the guest OS was withdrawn", \
          "it is no longer offered, gets no updates, and will expire", \
          "set osVersion to \"*\", or to the newest release of the family", "G5", LINT_MATRIX) \
        X(GUEST_OS_OLD, "guest-os-old", WARNING, "the guest OS is pinned, and not to the newest release", \
          "fixes that came out later are missing", \
          "set osVersion to \"*\", or to the newest release of the family", "G5", LINT_MATRIX) \
        X(GUEST_OS_LIST, "guest-os-list-old", NOTE, "the list of guest OS releases ends long before the day that is judged", \
          "a release that came out since is not known here", "use a newer sidelight, or look at the published list", "", LINT_MATRIX) \
        X(GUEST_OS_PINNED, "guest-os-pinned", NOTE, "the guest OS is pinned: no automatic updates", \
          "each later fix has to be rolled out by hand", "set osVersion to \"*\"", "G5", LINT_SCHEMA_CSCFG) \
        X(KVA_IMPOSSIBLE, "kva-impossible", ERROR, "the guest OS family had no KVA shadowing on that day", \
          "untrusted code can read kernel memory, and no setting stops it", \
          "move to a family that has it (4 and later), and set the registry values from a start-up task", \
          "G12 G15", LINT_GUIDANCE) \
        X(KVA_NOT_YET, "kva-not-yet", ERROR, "no guest OS had KVA shadowing on that day", \
          "the first releases with it hold the updates of January 2018", \
          "run no untrusted code there until they are out, or judge today: leave --as-of out", "G12", LINT_GUIDANCE) \
        X(KVA_MISSING, "kva-task-missing", ERROR, "no start-up task turns KVA shadowing on", \
          "it is off by default on Windows Server up to 2016, and untrusted code in the role could read " \
          "kernel memory", \
          "add an elevated simple task that sets both values: sidelight cloud-service startup-task --write", \
          "G12 G13 G14 G15", LINT_GUIDANCE) \
        X(BTI_MISSING, "bti-task-missing", WARNING, \
          "no start-up task turns branch target injection's mitigation on", \
          "KVA shadowing is on by default on Windows Server 2019 and later, this one is not", \
          "add an elevated simple task that sets both values: sidelight cloud-service startup-task --write", "G14", \
          LINT_KB) \
        X(KVA_UNSEEN, "kva-task-unseen", WARNING, "it is not known whether a start-up task turns KVA shadowing on", \
          "a script or program that could do it was not found or cannot be read", \
          "lint the folder that holds the role's scripts, or add a task: sidelight cloud-service startup-task " \
          "--write", "G12 G15", LINT_GUIDANCE) \
        X(TASK_LIMITED, "kva-task-limited", ERROR, "the task that sets the registry values is not elevated", \
          "without administrator rights it cannot write to HKLM", "set executionContext=\"elevated\" on the Task", \
          "G15", LINT_TASKS) \
        X(TASK_ASYNC, "kva-task-async", ERROR, \
          "the task that sets the registry values does not hold the role back", \
          "background and foreground tasks run beside the role: it may take untrusted code before the values hold", \
          "set taskType=\"simple\" on the Task", "G15", LINT_TASKS) \
        X(TASK_HALF, "kva-task-half", ERROR, "only one of the two registry values is set", \
          "FeatureSettingsOverride counts only where FeatureSettingsOverrideMask lets it", \
          "set FeatureSettingsOverride and FeatureSettingsOverrideMask", "G14", LINT_KB) \
        X(TASK_OFF, "kva-task-off", ERROR, "the task turns mitigations off", \
          "bit 0 of FeatureSettingsOverride disables branch target injection's mitigation, bit 1 KVA shadowing, bit 25 that of gather data sampling", \
          "set FeatureSettingsOverride to 0 and FeatureSettingsOverrideMask to 3", "G14", LINT_KB) \
        X(TASK_VALUE, "kva-task-value", WARNING, \
          "the registry values that the task sets do not turn the mitigations on", \
          "FeatureSettingsOverrideMask must be 3, and both values must be plain numbers to be judged", \
          "set FeatureSettingsOverride to 0 and FeatureSettingsOverrideMask to 3", "G14", LINT_KB) \
        X(TASK_KEY, "kva-task-key", ERROR, "the values are written to a key where nothing reads them", \
          "they belong to HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management", \
          "correct the key", "G14", LINT_KB) \
        X(TASK_NO_REBOOT, "kva-task-no-reboot", WARNING, "nothing restarts the machine after the values were set", \
          "they take effect only at the next restart, and a new instance runs the task on its first start", \
          "restart once, when a value was changed: sidelight cloud-service startup-task", "G15", LINT_KB) \
        X(TASK_LOOP, "task-reboot-loop", ERROR, "the task restarts the machine every time", \
          "start-up tasks run at each start: without a condition the role never comes up", \
          "restart only when a value was changed", "G15", LINT_TASKS) \
        X(TASK_ASKS, "task-reg-asks", ERROR, "`reg add` without /f asks before it overwrites", \
          "nobody answers: the second run hangs or fails, and the role does not start", "add /f", "G15", \
          LINT_TASKS) \
        X(TASK_EXIT, "task-exit-code", WARNING, "the task's script may end with a code other than 0", \
          "a simple task that does not end with 0 keeps the role from starting", "end the script with `exit /b 0`", \
          "G15", LINT_TASKS) \
        X(TASK_FAILS, "task-fails", ERROR, "the task's script always ends with a code other than 0", \
          "a simple task that does not end with 0 keeps the role from starting", \
          "end the script with `exit /b 0`", "", LINT_TASKS) \
        X(TASK_MARK, "task-script-mark", ERROR, "the script begins with a byte order mark or is UTF-16", \
          "cmd does not run such a file properly", "save it as ANSI or as UTF-8 without a mark", "G15", \
          LINT_SCHEMA_CSDEF) \
        X(TASK_EMULATOR, "task-emulator", NOTE, "the task does not check whether it runs in the compute emulator", \
          "it would change the registry of a developer's machine, and restart it", \
          "bind a variable to /RoleEnvironment/Deployment/@emulated and check it", "", LINT_TASKS) \
        X(TASK_TYPE, "task-type", ERROR, "taskType is none of simple, background, foreground", \
          "the definition is refused", "use simple", "", LINT_SCHEMA_CSDEF) \
        X(TASK_CONTEXT, "execution-context", ERROR, "executionContext is neither limited nor elevated", \
          "the definition is refused", "use limited or elevated", "", LINT_SCHEMA_CSDEF) \
        X(TASK_COMMAND, "task-command", ERROR, "a start-up task has no commandLine", "the definition is refused", \
          "say what it runs", "", LINT_SCHEMA_CSDEF) \
        X(RUNTIME_ELEVATED, "runtime-elevated", WARNING, "the role itself runs elevated", \
          "untrusted code that breaks out of it is administrator at once", \
          "leave Runtime limited; give rights to single start-up tasks instead", "G10 G11", LINT_SCHEMA_CSDEF) \
        X(REMOTE_ACCESS, "remote-access", NOTE, "people can log on to the role with Remote Desktop", \
          "since August 2018 the guidance counts untrusted low-privileged logins as untrusted code", \
          "if those who log on are not trusted, declare --untrusted yes", "G11", LINT_GUIDANCE) \
        X(SINGLE_INSTANCE, "single-instance", NOTE, "the role has one instance", \
          "it is unavailable while a guest OS update or the start-up task restarts it", "run at least two", "G5", \
          LINT_MATRIX) \
        X(NAME_MISMATCH, "service-name", ERROR, "serviceName and the definition's name differ", \
          "the two files do not belong together, and a deployment is refused", "make them equal", "", \
          LINT_SCHEMA_CSCFG) \
        X(NO_DEFINITION, "no-definition", NOTE, "no .csdef belongs to this .cscfg", \
          "start-up tasks could not be judged", "give the .csdef, too, or the folder that holds both", "", \
          LINT_SCHEMA_CSCFG) \
        X(NO_CONFIGURATION, "no-configuration", WARNING, "no .cscfg belongs to this .csdef", \
          "which guest OS the roles run on is not known", "give the .cscfg, too, or the folder that holds both", \
          "G5", LINT_SCHEMA_CSCFG) \
        X(ROLE_UNDEFINED, "role-undefined", ERROR, "the configuration names a role that is not defined", \
          "the package is refused", "define the role in the .csdef, or take it out of the .cscfg", "", \
          LINT_SCHEMA_CSCFG) \
        X(ROLE_UNCONFIGURED, "role-unconfigured", ERROR, "a defined role has no configuration", \
          "the package is refused", "add the role to the .cscfg", "", LINT_SCHEMA_CSCFG) \
        X(ROLE_DUPLICATE, "role-duplicate", ERROR, "two roles have the same name", \
          "names must be unique; the package is refused", "rename one", "", LINT_SCHEMA_CSDEF) \
        X(ROLE_NAMELESS, "role-nameless", ERROR, "a role has no name", "the package is refused", "name it", "", \
          LINT_SCHEMA_CSDEF) \
        X(ROLE_NO_INSTANCES, "role-instances", WARNING, "the role does not set an instance count", \
          "Instances with a count is required", "add <Instances count=\"2\" />", "", LINT_SCHEMA_CSCFG) \
        X(ROLE_STOPPED, "role-stopped", NOTE, "the role has no instance: it does not run", \
          "it was not judged for untrusted code", "", "", LINT_SCHEMA_CSCFG) \
        X(NO_NAMESPACE, "xml-namespace", WARNING, "the root element is not in the schema's namespace", \
          "the platform's tools refuse the file", "add the xmlns attribute of the schema", "", LINT_SCHEMA_CSDEF)

enum lint_rule {
#define X(name, id, level, title, why, fix, statements, source) LINT_##name,
        LINT_RULES(X)
#undef X
        LINT_RULE_COUNT
};

extern const struct remark_rule lint_rules[LINT_RULE_COUNT];

#endif
