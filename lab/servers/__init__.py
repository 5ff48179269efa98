"""The parts of the rig: what is asked for (plan), one module per server, and who runs them."""
