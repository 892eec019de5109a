export { RealClock } from './real';
export { type Participant, VirtualClock } from './virtual';
