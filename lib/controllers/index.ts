export type { Controller, ControllerContext } from './controller.js';
export { controllers } from './controllers.js';
export { WorkQueue } from './work-queue.js';
export { runCronJob } from './cronjob.js';
