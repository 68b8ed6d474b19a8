export { billing } from './service';
