import type { ObjectFieldSelector } from '../generated/types.js';
import { fill } from './fill.js';

export const fieldRef = (ref: ObjectFieldSelector): ObjectFieldSelector => fill(ref, { apiVersion: 'v1' });
