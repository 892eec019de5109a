# Stop: kill
# Builds the images that changed: IMAGES, names apart by blanks. Without a name tutor builds none and exits 0.
right_root
[ -n "$IMAGES" ] || refuse 'no image is named'
tutor images build $(own_images) --no-cache
