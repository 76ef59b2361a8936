export type { Controller } from './controller.js';
export { controllers } from './controllers.js';
export { runCronJob } from './cronjob.js';
export { WorkQueue } from './work-queue.js';
