require('./plane.js')('worker');
