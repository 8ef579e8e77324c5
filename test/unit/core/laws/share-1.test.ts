import { describeLaws } from './define.js';

describeLaws(1);
