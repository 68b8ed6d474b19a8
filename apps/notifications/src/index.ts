export { notifications } from './service';
