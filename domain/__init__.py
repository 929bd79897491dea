"""What may happen to a placement in alternative provision, and who may say so."""
