import { defaultCapabilities, noCapabilities } from './capabilities.js';
import { type Check, type CheckPod, exceptUserNamespaces, exceptWindows } from './check.js';
import { hostNamespaces, hostPorts, hostProbesAndHostLifecycle, windowsHostProcess } from './host.js';
import { allowPrivilegeEscalation, privileged, procMount, runAsNonRoot, runAsUser } from './privilege.js';
import { appArmorProfile, seccompAnnotations, seccompProfile, seccompProfileRequired, seLinuxOptions } from './profiles.js';
import { sysctls } from './sysctls.js';
import { hostPathVolumes, restrictedVolumes } from './volumes.js';

const since = (minor: number, check: CheckPod): Check['versions'][number] => ({ since: minor, check });
const always = (check: CheckPod): Check['versions'] => [since(0, check)];

const seLinuxTypes = ['container_t', 'container_init_t', 'container_kvm_t'];

const sysctls0 = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
];
const sysctls27 = [...sysctls0, 'net.ipv4.ip_local_reserved_ports'];
const sysctls29 = [
  ...sysctls27,
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
];
const sysctls32 = [...sysctls29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'];

/** The controls of the level `baseline` as of Kubernetes 1.36, in the order in which violations are told. */
export const baseline: readonly Check[] = [
  { id: 'appArmorProfile', versions: always(appArmorProfile) },
  { id: 'capabilities_baseline', versions: always(defaultCapabilities) },
  { id: 'hostNamespaces', versions: always(hostNamespaces) },
  { id: 'hostPathVolumes', versions: always(hostPathVolumes) },
  { id: 'hostPorts', versions: always(hostPorts) },
  { id: 'hostProbesAndHostLifecycle', versions: [since(34, hostProbesAndHostLifecycle)] },
  { id: 'privileged', versions: always(privileged) },
  { id: 'procMount', versions: [since(0, procMount), since(35, exceptUserNamespaces(procMount))] },
  {
    id: 'seLinuxOptions',
    versions: [since(0, seLinuxOptions(...seLinuxTypes)), since(31, seLinuxOptions(...seLinuxTypes, 'container_engine_t'))],
  },
  { id: 'seccompProfile_baseline', versions: [since(0, seccompAnnotations), since(19, seccompProfile)] },
  {
    id: 'sysctls',
    versions: [
      since(0, sysctls(...sysctls0)),
      since(27, sysctls(...sysctls27)),
      since(29, sysctls(...sysctls29)),
      since(32, sysctls(...sysctls32)),
    ],
  },
  { id: 'windowsHostProcess', versions: always(windowsHostProcess) },
];

/** What the level `restricted` asks for besides, in the order in which violations are told. */
export const restricted: readonly Check[] = [
  {
    id: 'allowPrivilegeEscalation',
    versions: [since(8, allowPrivilegeEscalation), since(25, exceptWindows(allowPrivilegeEscalation))],
  },
  {
    id: 'capabilities_restricted',
    versions: [since(22, noCapabilities), since(25, exceptWindows(noCapabilities))],
    overrides: 'capabilities_baseline',
  },
  { id: 'procMount_restricted', versions: [since(35, procMount)], overrides: 'procMount' },
  { id: 'restrictedVolumes', versions: always(restrictedVolumes), overrides: 'hostPathVolumes' },
  { id: 'runAsNonRoot', versions: [since(0, runAsNonRoot), since(35, exceptUserNamespaces(runAsNonRoot))] },
  { id: 'runAsUser', versions: [since(23, runAsUser), since(35, exceptUserNamespaces(runAsUser))] },
  {
    id: 'seccompProfile_restricted',
    versions: [since(19, seccompProfileRequired), since(25, exceptWindows(seccompProfileRequired))],
    overrides: 'seccompProfile_baseline',
  },
];
