"""A registry office: certificates whose life others take part in."""
