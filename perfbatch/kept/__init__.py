"""What is kept from night to night."""
