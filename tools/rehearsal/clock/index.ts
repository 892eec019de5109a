export { RealClock } from './real';
export { heardByMany } from './sleep';
export { type Participant, VirtualClock } from './virtual';
