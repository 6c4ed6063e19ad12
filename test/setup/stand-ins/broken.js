console.error('Error: the wheels came off');
process.exit(7);
