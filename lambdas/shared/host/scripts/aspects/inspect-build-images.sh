# Each image has been made since the unit began: IMAGES. A builder that was killed exits 0.
[ -n "$UNIT_STARTED" ] || refuse "nobody knows when the build began: there is no folder $UNIT_FOLDER"
found=
for image in $(own_images); do
  tag=$(tutor images printtag "$image" 2>/dev/null | head -n 1 || true)
  if [ -z "$tag" ]; then
    problem "tutor knows no image $image"
    continue
  fi
  created=$(docker image inspect --format "$(fmt .Created)" "$tag" 2>/dev/null || true)
  if [ -z "$created" ]; then
    problem "there is no image $tag"
  elif [ "$(date -d "$created" +%s)" -lt "$UNIT_STARTED" ]; then
    problem "image $tag is of $created, before the build began"
  fi
  id=$(docker image inspect --format "$(fmt .Id)" "$tag" 2>/dev/null | cut -c 1-19 || true)
  found="$found${found:+,}\"$image\":{\"tag\":$(js "$tag"),\"id\":$(js "$id")}"
done
member images "{$found}"
trailer
