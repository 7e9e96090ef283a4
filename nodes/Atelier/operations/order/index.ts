export { deliver } from './deliver';
export { get } from './get';
export { getMany } from './getMany';
export { quote } from './quote';
