export type { FaultRule } from './faults/rule.js';
export { demo } from './demo.js';
export type { WebhookFault } from './faults/webhook-faults.js';
export type { Emulator, EmulatorOptions } from './options.js';
export { startEmulator } from './server.js';
