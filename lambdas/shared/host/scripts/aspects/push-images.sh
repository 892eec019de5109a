# Stop: kill
# Pushes what a cluster has to pull: IMAGES.
right_root
[ -n "$IMAGES" ] || refuse 'no image is named'
tutor images push $(own_images)
