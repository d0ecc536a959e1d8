"""What happens to users and roles, for those who listen in this process."""

from backend.core.events import signals

user_password_set = signals.signal("user_password_set", "A user has a new password.")
user_password_set_failed = signals.signal("user_password_set_failed", "A password was refused; reason.")
user_password_checked = signals.signal("user_password_checked", "A password was compared; correct.")
user_password_check_failed = signals.signal("user_password_check_failed", "A password could not be compared; reason.")
admin_user_permission_checked = signals.signal(
    "admin_user_permission_checked", "A user was asked for a permission; permission, allowed."
)
role_permission_added = signals.signal("role_permission_added", "A role holds one more permission; permission.")
role_permission_removed = signals.signal("role_permission_removed", "A role holds one less; permission.")
role_permission_operation_failed = signals.signal(
    "role_permission_operation_failed", "A permission was neither added nor removed; permission, operation, reason."
)
