import type { GRPCAction, HTTPGetAction, Lifecycle, LifecycleHandler, Probe } from '../generated/types.js';
import { at, fill } from './fill.js';

const httpGet = (action: HTTPGetAction): HTTPGetAction => fill(action, { path: '/', scheme: 'HTTP' });
const grpc = (action: GRPCAction): GRPCAction => fill(action, { service: '' });

export const probe = (value: Probe): Probe =>
  at(
    at(fill(value, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }), 'httpGet', httpGet),
    'grpc',
    grpc,
  );

const handler = (value: LifecycleHandler): LifecycleHandler => at(value, 'httpGet', httpGet);

export const lifecycle = (value: Lifecycle): Lifecycle => at(at(value, 'postStart', handler), 'preStop', handler);
