import { describeOtherProcess } from './define.js';

describeOtherProcess();
