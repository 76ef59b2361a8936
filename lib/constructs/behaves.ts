import type { IConstruct } from 'constructs';
import type { PodBehaviour } from '../kubelet/behaviour.js';
import { declareBehaviour } from './declarations.js';
import { objectRef } from './object-ref.js';

/**
 * Declares to the simulator what the containers of a workload of another library do. (Containers of this one have `behaviour`.)
 *
 * @example
 * behaves(kplusDeployment, { main: { startsIn: 20, memory: { growsTo: '200Mi' } } });
 */
export const behaves = (workload: IConstruct, containers: PodBehaviour): void =>
  declareBehaviour(workload, objectRef(workload), containers);
