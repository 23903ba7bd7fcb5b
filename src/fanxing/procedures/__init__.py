"""What has a life: matters that follow a procedure, step by step, and leave records."""
