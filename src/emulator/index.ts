export type { FaultRule } from './faults/rule.js';
export { demo } from './demo.js';
export { startEmulator, type Emulator, type EmulatorOptions } from './server.js';
