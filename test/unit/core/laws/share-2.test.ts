import { describeLaws } from './define.js';

describeLaws(2);
